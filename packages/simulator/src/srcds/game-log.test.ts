import { createSocket } from 'node:dgram'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSimulatedServer } from '../start-servers.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'simulator-log-'))
  mkdirSync(join(root, 'left4dead2/cfg'), { recursive: true })
  mkdirSync(join(root, 'left4dead2/maps'))
  for (const map of ['c1m1_hotel', 'c1m2_streets'])
    writeFileSync(join(root, `left4dead2/maps/${map}.bsp`), '')
  writeFileSync(join(root, 'left4dead2/cfg/valve.rc'), '')
  writeFileSync(join(root, 'left4dead2/cfg/server.cfg'), 'log on\n')
})
afterEach(() => rmSync(root, { recursive: true }))

const logs = (): string[] => readdirSync(join(root, 'left4dead2/logs')).sort()
const read = (name: string | undefined): Buffer => readFileSync(join(root, 'left4dead2/logs', name ?? ''))

describe('the server log', () => {
  it('is one file for each map, with its first and last line', async () => {
    const server = await startSimulatedServer({ root })
    server.game.population.join()
    server.input('changelevel c1m2_streets')
    await expect.poll(() => server.game.phase).toBe('playing')
    await server.stop()
    const [first, second, ...more] = logs()
    expect(more).toEqual([])
    expect(first).toMatch(new RegExp(`^L127_000_000_001_${server.port}_\\d{12}_000\\.log$`))
    const text = read(first).toString()
    const stamp = String.raw`L \d\d/\d\d/\d{4} - \d\d:\d\d:\d\d: `
    expect(text.split('\n')[0]).toMatch(
      new RegExp(
        `^${stamp}Log file started \\(file "logs/L.*\\.log"\\) \\(game ".*/left4dead2"\\) \\(version "10097"\\)$`,
      ),
    )
    expect(text).toMatch(new RegExp(`${stamp}Started map "c1m1_hotel" \\(CRC "-?\\d+"\\)\n`))
    expect(text).toMatch(
      new RegExp(`${stamp}-------- Mapchange to c1m2_streets --------\n${stamp}Log file closed\n$`),
    )
    expect(read(second).toString()).toMatch(new RegExp(`${stamp}Loading map "c1m2_streets"\n`))
  })

  it('is not written until it is switched on, nor where the file is switched off', async () => {
    writeFileSync(join(root, 'left4dead2/cfg/server.cfg'), 'sv_logfile 0\nlog on\n')
    await using server = await startSimulatedServer({ root })
    server.game.population.join()
    expect(() => logs()).toThrow('ENOENT')
    expect(server.output()).toContain('entered the game')
  })

  it('does not reach the console when echoing is off', async () => {
    writeFileSync(join(root, 'left4dead2/cfg/server.cfg'), 'log on\nsv_logecho 0\n')
    await using server = await startSimulatedServer({ root })
    server.game.population.join()
    // The file was opened before the line that switches the echo off.
    expect(server.output()).not.toContain('entered the game')
    expect(read(logs()[0]).toString()).toContain('entered the game')
  })

  it('runs lines together and writes bytes that are no UTF-8 when told to', async () => {
    await using server = await startSimulatedServer({
      root,
      switches: { 'log-run-together': true, 'log-broken-text': true },
    })
    server.game.population.join()
    const bytes = read(logs()[0])
    expect(bytes.toString()).toMatch(/"L \d\d\/\d\d\/\d{4} - /)
    expect(Buffer.from(bytes.toString()).equals(bytes)).toBe(false)
  })

  it('tells passwords to nobody', async () => {
    await using server = await startSimulatedServer({ root })
    server.input('sv_password geheim')
    server.input('rcon_password auchgeheim')
    expect(server.output()).toContain('server_cvar: "sv_password" "***PROTECTED***"')
    expect(read(logs()[0]).toString()).not.toContain('geheim')
  })

  it('is sent to UDP listeners as R frames, and with the secret as S frames', async () => {
    await using server = await startSimulatedServer({ root, switches: { 'log-to-loopback': true } })
    const listener = createSocket('udp4')
    const frames: string[] = []
    listener.on('message', frame => frames.push(frame.toString('latin1')))
    await new Promise<void>(resolve => {
      listener.bind(0, '127.0.0.1', resolve)
    })
    try {
      server.input(`logaddress_add 127.0.0.1:${listener.address().port}`)
      server.input('say one')
      server.input('sv_logsecret 7654321')
      server.input('say two')
      await expect.poll(() => frames.length).toBe(2)
      expect(frames[0]).toMatch(
        /^\xff\xff\xff\xffRL \d\d\/\d\d\/\d{4} - \d\d:\d\d:\d\d: "Console<0><Console><Console>" say "one"\n\0$/,
      )
      expect(frames[1]).toMatch(/^\xff\xff\xff\xffS7654321L .* say "two"\n\0$/)
      server.game.switches['log-to-loopback'] = false
      server.input('say nobody hears this')
      server.game.switches['log-to-loopback'] = true
      server.input('logaddress_delall')
      server.input('say nor this')
      server.input(`logaddress_add 127.0.0.1:${listener.address().port}`)
      server.input('say three')
      await expect.poll(() => frames.length).toBe(3)
      expect(frames[2]).toContain('three')
    } finally {
      listener.close()
    }
  })

  it('lists its listeners and refuses an address that is none', async () => {
    await using server = await startSimulatedServer({ root })
    server.input('logaddress_list')
    server.input('logaddress_add 198.51.100.7:9999')
    server.input('logaddress_add 198.51.100.7:9999')
    server.input('logaddress_add nonsense')
    server.input('logaddress_list')
    server.input('logaddress_del 198.51.100.7:9999')
    const said = server
      .output()
      .split('\n')
      .filter(line => line.startsWith('logaddress') || line.startsWith('198'))
    expect(said).toEqual([
      'logaddress_list:  no addresses in the list',
      'logaddress_add:  198.51.100.7:9999',
      'logaddress_add:  address already in list',
      'logaddress_add:  unable to resolve nonsense',
      'logaddress_list: 1 entries',
      '198.51.100.7:9999',
      'logaddress_del:  198.51.100.7:9999',
    ])
  })
})
