import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { srcdsSwitches } from './srcds/switches.ts'
import { webApiSwitches } from './steam-web-api/switches.ts'
import { steamcmdSwitches } from './steamcmd/switches.ts'
import { binFolder, Program } from './testing/program.ts'
import { infoRequest, RawQuery } from './testing/raw-query.ts'
import { RawRcon } from './testing/raw-rcon.ts'

const tables = { ...srcdsSwitches, ...steamcmdSwitches, ...webApiSwitches }
const simulator = (...commandLine: string[]): Program =>
  new Program(process.execPath, [join(binFolder, 'left4me-simulator.mjs'), ...commandLine])

describe('left4me-simulator', () => {
  it('describes every switch in --help and in the reference', async () => {
    await using program = simulator('--help')
    expect((await program.exited).code).toBe(0)
    const reference = readFileSync(join(binFolder, '../../../docs/reference/simulator.md'), 'utf8')
    const missing = Object.keys(tables).filter(
      name => !program.output.includes(`-simulate-${name}`) || !reference.includes(`\`${name}\``),
    )
    expect(missing).toEqual([])
  })

  it('names in the reference no switch that does not exist', () => {
    const reference = readFileSync(join(binFolder, '../../../docs/reference/simulator.md'), 'utf8')
    const named = [...reference.matchAll(/^\| `([a-z0-9-]+)`/gm)].map(match => match[1] ?? '')
    expect(named.length).toBeGreaterThan(Object.keys(tables).length - 1)
    expect(named.filter(name => !Object.hasOwn(tables, name))).toEqual([])
  })

  it('runs srcds outside of any game tree', async () => {
    await using program = simulator('srcds', '-ip', '127.0.0.1', '-port', '0', '+rcon_password', 'x')
    await program.until(/Network: IP 127\.0\.0\.1, .* ports \d+ SV/)
    const port = Number(/ports (\d+) SV/.exec(program.output)?.[1])
    await program.until('Simulated srcds: ready')
    await using client = await RawQuery.open({ host: '127.0.0.1', port })
    expect(await client.exchange(infoRequest)).toHaveLength(9)
    process.kill(program.pid, 'SIGTERM')
    expect(await program.exited).toEqual({ code: 0, signal: null })
  })

  it('runs the pinned Node as its child where it can’t become it, and hands signals on', async () => {
    await using program = new Program(process.execPath, [
      ...['--import', 'data:text/javascript,process.execve=undefined'],
      ...[join(binFolder, 'left4me-simulator.mjs'), 'srcds', '-ip', '127.0.0.1', '-port', '0'],
    ])
    await program.until('Simulated srcds: ready')
    process.kill(program.pid, 'SIGTERM')
    expect(await program.exited).toEqual({ code: 0, signal: null })
  })

  it('listens for RCON on the address of the host name when told to, unless -ip is given', async () => {
    const rconAt = async (...more: string[]): Promise<string[]> => {
      await using program = simulator('srcds', '-port', '0', '-simulate-rcon-on-host-address', ...more)
      await program.until('Simulated srcds: ready')
      const port = Number(/ports (\d+) SV/.exec(program.output)?.[1])
      const hosts = []
      for (const host of ['127.0.0.1', '127.0.1.1']) {
        const client = await RawRcon.open({ host, port }).catch(() => null)
        client?.[Symbol.dispose]()
        if (client !== null) hosts.push(host)
      }
      return hosts
    }
    expect(await rconAt()).toEqual(['127.0.1.1'])
    expect(await rconAt('-ip', '0.0.0.0')).toEqual(['127.0.0.1', '127.0.1.1'])
  })

  it('runs the Web API, which says where it listens', async () => {
    await using program = simulator('steam-web-api', '--port', '0', '-simulate-number-sizes')
    await program.until(/listening on http:\/\/127\.0\.0\.1:\d+\n/)
    const origin = /listening on (\S+)/.exec(program.output)?.[1] ?? ''
    const reply = await fetch(`${origin}/ISteamApps/UpToDateCheck/v1/?appid=550&version=1`)
    expect(await reply.text()).toContain('"required_version":2243')
    process.kill(program.pid, 'SIGTERM')
    expect((await program.exited).code).toBe(0)
  })

  it.each([
    [[], 'what to simulate is missing'],
    [['hl2'], '“hl2” is not simulated'],
    [['steam-web-api', '--nonsense'], '--nonsense'],
    [['srcds', '-simulate-names', 'rude'], '-simulate-names can be plain, hostile; not “rude”'],
  ])('exits 2 for the wrong usage %j and says what is wrong', async (commandLine, message) => {
    await using program = simulator(...commandLine)
    expect((await program.exited).code).toBe(2)
    expect(program.output).toContain(message)
    expect(program.output).not.toContain('    at ')
  })
})
