import { startSimulatedServer } from '@left4me/simulator'
import { describe, expect, it } from 'vitest'
import { runCli } from '../testing/run-cli.ts'

const server = () =>
  startSimulatedServer({
    commandLine: ['+hostname', 'Friday', '+map', 'c2m1_highway'],
    switches: { players: 0 },
  })

describe('left4me query', () => {
  it('says name, map and players of a server', async () => {
    await using running = await server()
    const { exitCode, stdout, stderr } = await runCli(['query', `127.0.0.1:${running.port}`])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^name +.+\nmap +c2m1_highway\nplayers +0 of \d+\n/)
    expect(stdout).not.toContain('sv_')
  })

  it('prints the same as JSON', async () => {
    await using running = await server()
    const address = `127.0.0.1:${running.port}`
    const { exitCode, stdout } = await runCli(['query', address, '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ address, map: 'c2m1_highway', players: 0, port: running.port })
    expect(JSON.parse(stdout)).not.toHaveProperty('playerList')
  })

  it('asks for players and rules only when told to', async () => {
    await using running = await server()
    const { stdout } = await runCli(['query', `127.0.0.1:${running.port}`, '--players', '--rules', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      playerList: [],
      rules: expect.objectContaining({ mp_gamemode: expect.any(String) }),
    })
  })

  it('shows a hostile name without what the terminal would obey', async () => {
    await using running = await startSimulatedServer({
      files: { 'cfg/server.cfg': 'hostname "\u001b[2Jwiped"\n' },
    })
    const { stdout } = await runCli(['query', `127.0.0.1:${running.port}`])
    expect(stdout).toContain('\u{fffd}[2Jwiped')
    expect(stdout).not.toContain('\u001b')
  })

  it('fails with exit code 1 and the remedy when nobody answers', async () => {
    await using running = await startSimulatedServer({ switches: { 'a2s-silent': true } })
    const { exitCode, stdout, stderr } = await runCli(['query', `127.0.0.1:${running.port}`])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^left4me: .*didn't answer in time\. Check .*\n$/)
  })
})
