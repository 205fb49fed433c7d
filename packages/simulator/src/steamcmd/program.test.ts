import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { binFolder, Program } from '../testing/program.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-steamcmd-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const commandLine = (): string[] =>
  `+force_install_dir ${folder}/game +login anonymous +@sSteamCmdForcePlatformType windows +app_update 222860 +quit`.split(
    ' ',
  )
const environment = (switches: string): Record<string, string> => ({
  HOME: folder,
  PATH: '/usr/bin:/bin',
  LEFT4ME_SIMULATOR_SWITCHES: switches,
})
const run = (switches: string): Program =>
  new Program(join(binFolder, 'steamcmd'), commandLine(), { env: environment(switches), cwd: '/' })
const state = (): string | undefined =>
  /"StateFlags"\t\t"(\d+)"/.exec(
    readFileSync(join(folder, 'game/steamapps/appmanifest_222860.acf'), 'utf8'),
  )?.[1]

describe('the steamcmd program', () => {
  it('prints the same through a pipe and on a terminal', async () => {
    await using pipe = run('-simulate-duration-ms 50')
    expect(await pipe.exited).toEqual({ code: 0, signal: null })
    rmSync(join(folder, 'game'), { recursive: true })
    const line = [join(binFolder, 'steamcmd'), ...commandLine()].map(word => `'${word}'`).join(' ')
    await using terminal = new Program('script', ['-qfec', line, '/dev/null'], {
      env: environment('-simulate-duration-ms 50'),
    })
    expect((await terminal.exited).code).toBe(0)
    expect(terminal.output.replaceAll('\r\n', '\n')).toBe(pipe.output)
  })

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'dies of %s at once and leaves a partial installation',
    async signal => {
      // Stays there, so that it isn't done before it is killed.
      await using program = run('-simulate-duration-ms 0 -simulate-hang-at downloading')
      await program.until('(0x61) downloading, progress: 50.00')
      program.signal(signal)
      expect(await program.exited).toEqual({ code: null, signal })
      expect(state()).toBe('1026')
      await using again = run('-simulate-duration-ms 0')
      expect(await again.exited).toEqual({ code: 0, signal: null })
      expect(state()).toBe('4')
    },
  )

  it.each(['start', 'login', 'downloading', 'committing'])('hangs at %s until it is killed', async moment => {
    await using program = run(`-simulate-duration-ms 0 -simulate-hang-at ${moment}`)
    const last = {
      start: 'Loading Steam API...OK',
      login: 'Public...',
      downloading: '(0x61)',
      committing: '(0x101)',
    }
    await program.until(last[moment as keyof typeof last])
    const ended = await Promise.race([
      program.exited,
      new Promise<string>(resolve => setTimeout(resolve, 300, 'still there')),
    ])
    expect(ended).toBe('still there')
    expect(program.output).not.toContain('Success')
    program.signal('SIGTERM')
    expect(await program.exited).toEqual({ code: null, signal: 'SIGTERM' })
  })

  it('crashes by a signal', async () => {
    await using program = run('-simulate-duration-ms 0 -simulate-crash-at verifying')
    expect(await program.exited).toEqual({ code: null, signal: 'SIGSEGV' })
    expect(state()).toBe('1026')
  })

  it('holds its output back in blocks when it is told to and writes into a pipe', async () => {
    await using control = run('-simulate-duration-ms 0 -simulate-hang-at committing')
    await control.until('(0x101) committing')
    await using program = run('-simulate-duration-ms 0 -simulate-block-buffered -simulate-hang-at committing')
    await program.until('nothing that it prints', 500).catch(() => {})
    expect([control.output.length > 0, control.output.length < 4096, program.output]).toEqual([
      true,
      true,
      '',
    ])
  })

  it('asks for more when nobody says quit', async () => {
    await using prompt = new Program(join(binFolder, 'steamcmd'), [], {
      env: environment('-simulate-duration-ms 0'),
    })
    await prompt.until('Steam>')
    prompt.type('login anonymous')
    await prompt.until('Waiting for user info...OK')
    prompt.type('quit')
    expect((await prompt.exited).code).toBe(0)
  })

  it('runs a script, and names one that is not there', async () => {
    const script = join(folder, 'script.txt')
    writeFileSync(script, '// a comment\nlogin anonymous\nquit\n')
    await using program = new Program(join(binFolder, 'steamcmd'), ['+runscript', script], {
      env: environment('-simulate-duration-ms 0'),
    })
    expect((await program.exited).code).toBe(0)
    expect(program.output).toContain('Waiting for user info...OK')
    await using missing = new Program(join(binFolder, 'steamcmd'), ['+runscript', '/no/script', '+quit'], {
      env: environment(''),
    })
    await missing.exited
    expect(missing.output).toContain("Failed to load script file '/no/script'\n")
  })

  it('takes switches from its command line too, and refuses one that does not exist', async () => {
    await using program = new Program(join(binFolder, 'steamcmd'), ['-simulate-nonsense', '+quit'], {
      env: environment(''),
    })
    expect((await program.exited).code).toBe(2)
    expect(program.output).toBe('there is no switch -simulate-nonsense\n')
  })
})

describeWith(['overlayfs'], 'the steamcmd program on a full disk', () => {
  it('says state 0x202, exits 8 and leaves a partial installation', async () => {
    // A file system of 64 KiB in a mount namespace of its own.
    const script = 'mkdir -p "$1" && mount -t tmpfs -o size=64k none "$1" && shift && "$@"; cat "$0"'
    const manifest = join(folder, 'game/steamapps/appmanifest_222860.acf')
    await using program = new Program(
      'unshare',
      [
        ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
        ...['--mount', 'sh', '-c', script, manifest, join(folder, 'game')],
        ...[join(binFolder, 'steamcmd'), ...commandLine()],
      ],
      { env: environment('-simulate-duration-ms 0') },
    )
    await program.exited
    expect(program.output).toContain("Error! App '222860' state is 0x202 after update job.\n")
    expect(program.output).toContain('"StateFlags"\t\t"1026"')
    expect(program.output).not.toContain('Success')
  })
})
