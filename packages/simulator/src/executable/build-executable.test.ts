import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { binFolder, Program } from '../testing/program.ts'
import { buildExecutable } from './build-executable.ts'

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-executable-'))
  mkdirSync(join(folder, 'bin'))
  await buildExecutable(join(folder, 'bin/left4me-simulator'))
  symlinkSync('left4me-simulator', join(folder, 'bin/steamcmd'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a command where the checkout and its Node are hidden by an empty file system. */
function whereNodeIsHidden(...command: string[]): Program {
  const checkout = join(binFolder, '../../..')
  const script = 'mount -t tmpfs none "$1" && shift && exec "$@"'
  return new Program(
    'unshare',
    [
      ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
      '--mount',
      'sh',
      '-c',
      script,
      'sh',
      checkout,
      ...command,
    ],
    {
      env: { PATH: '/usr/bin:/bin', HOME: folder, LEFT4ME_SIMULATOR_SWITCHES: '-simulate-duration-ms 0' },
    },
  )
}

const install = (steamcmd: string, platform: string): Program =>
  whereNodeIsHidden(
    steamcmd,
    ...`+force_install_dir ${folder}/game +login anonymous +@sSteamCmdForcePlatformType ${platform} +app_update 222860 +quit`.split(
      ' ',
    ),
  )

describeWith(['overlayfs'], 'the simulator as one executable', () => {
  it('installs and runs a game where no Node is visible; the one in the checkout cannot', async () => {
    await using control = install(join(binFolder, 'steamcmd'), 'windows')
    expect((await control.exited).code).not.toBe(0)
    for (const platform of ['windows', 'linux']) {
      await using steamcmd = install(join(folder, 'bin/steamcmd'), platform)
      expect(await steamcmd.exited).toEqual({ code: 0, signal: null })
      expect(steamcmd.output).toContain("Success! App '222860' fully installed.")
    }
    await using srcds = whereNodeIsHidden(
      join(folder, 'game/srcds_run'),
      ...'-norestart -ip 127.0.0.1 -port 0 -simulate-boot-ms 0'.split(' '),
    )
    await srcds.until(/Simulated srcds: ready \d+ ms/)
    srcds.type('quit')
    expect((await srcds.exited).code).toBe(0)
  })

  it('is any of its programs, by argument and by name', () => {
    const help = execFileSync(join(folder, 'bin/left4me-simulator'), ['--help'], { encoding: 'utf8' })
    expect(help).toContain('steam-web-api --port N')
    expect(execFileSync(join(folder, 'bin/steamcmd'), ['+quit'], { encoding: 'utf8' })).toContain(
      'Steam Console Client',
    )
  })

  it('leaves nothing beside it', () => {
    expect(execFileSync('ls', ['-A', join(folder, 'bin')], { encoding: 'utf8' })).toBe(
      'left4me-simulator\nsteamcmd\n',
    )
  })
})
