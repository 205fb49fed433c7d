import { expect, test } from 'vitest'
import { steamcmdInstallRuns } from './install-runs.ts'

test('installs by one run where Linux is given directly', () => {
  expect(steamcmdInstallRuns({ directory: '/srv/l4d2', way: 'linux', validate: true })).toEqual([
    '+force_install_dir /srv/l4d2 +login anonymous +app_update 222860 validate +quit'.split(' '),
  ])
})

test('otherwise installs for Windows first and switches the same folder to Linux', () => {
  expect(steamcmdInstallRuns({ directory: '/srv/l4d2', way: 'two-platforms', validate: false })).toEqual([
    '+@sSteamCmdForcePlatformType windows +force_install_dir /srv/l4d2 +login anonymous +app_update 222860 +quit'.split(
      ' ',
    ),
    '+@sSteamCmdForcePlatformType linux +force_install_dir /srv/l4d2 +login anonymous +app_update 222860 validate +quit'.split(
      ' ',
    ),
  ])
})

test.each(['l4d2', './l4d2', '/srv/"x', '/srv/a\nb', ''])(
  'refuses a folder that steamcmd would misread: %j',
  directory => {
    expect(() => steamcmdInstallRuns({ directory, way: 'linux', validate: false })).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    )
  },
)
