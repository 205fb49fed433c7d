import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startSimulatedServer } from '@left4me/simulator'
import { describe, expect, it } from 'vitest'
import { runCli } from '../testing/run-cli.ts'

const password = 'correct8horse'
const variable = 'LEFT4ME_RCON_PASSWORD'
const server = () => startSimulatedServer({ rconPassword: password })

describe('left4me rcon', () => {
  it('prints the answer of the server', async () => {
    await using running = await server()
    const { exitCode, stdout, stderr } = await runCli(['rcon', `127.0.0.1:${running.port}`, 'status'], {
      [variable]: password,
    })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^hostname: /)
    expect(stdout).toMatch(/\n$/)
  })

  it('joins the words of the command', async () => {
    await using running = await server()
    const { stdout } = await runCli(['rcon', `127.0.0.1:${running.port}`, 'say', 'hello', 'there'], {
      [variable]: password,
    })
    expect(stdout).toContain('hello there')
  })

  it('prints JSON', async () => {
    await using running = await server()
    const address = `127.0.0.1:${running.port}`
    const { stdout } = await runCli(['rcon', address, 'status', '--json'], { [variable]: password })
    expect(JSON.parse(stdout)).toEqual({ address, output: expect.stringContaining('hostname: ') })
  })

  it('says a refused password as such, once, with exit code 1', async () => {
    await using running = await server()
    const { exitCode, stdout, stderr } = await runCli(['rcon', `127.0.0.1:${running.port}`, 'status'], {
      [variable]: 'wrong',
    })
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/password/)
    expect(stderr).not.toContain('wrong\n')
    expect(running.output().match(/Bad Password|rcon .*password/gi)?.length ?? 0).toBeLessThanOrEqual(1)
  })

  it('asks on a terminal without showing what is typed', async () => {
    await using running = await server()
    const bin = fileURLToPath(new URL('../../bin/left4me.mjs', import.meta.url))
    // script(1) of util-linux gives it a terminal.
    const command = `${process.execPath} ${bin} rcon 127.0.0.1:${running.port} status`
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { PATH: process.env['PATH'] },
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (output === '') child.stdin.write(`${password}x\u007f\r`)
      output += chunk
    })
    await once(child, 'close')
    expect(child.exitCode).toBe(0)
    expect(output).toMatch(/^RCON password of 127\.0\.0\.1:\d+: \r?\n/)
    expect(output).toContain('hostname: ')
    expect(output).not.toContain(password)
  })

  it('gives up when the question is answered with Ctrl-C', async () => {
    const bin = fileURLToPath(new URL('../../bin/left4me.mjs', import.meta.url))
    const command = `${process.execPath} ${bin} rcon 127.0.0.1:1 status`
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { PATH: process.env['PATH'] },
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (output === '') child.stdin.write('\u0003')
      output += chunk
    })
    await once(child, 'close')
    expect(child.exitCode).toBe(1)
    expect(output).toContain('left4me: cancelled')
  })
})
