import { spawn } from 'node:child_process'
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSimulatedServer } from '@left4me/simulator'
import { describe, expect, test } from 'vitest'
import { parseStatus } from '../console/status.ts'
import { parseSteamInf } from '../content/steam-inf.ts'
import type { LogEvent } from '../logs/log-event.ts'
import { readLogLine } from '../logs/log-line.ts'
import { parseAppManifest } from '../steamcmd/app-manifest.ts'
import { dedicatedServerAppId, steamcmdInstallRuns } from '../steamcmd/install-runs.ts'
import { type SteamcmdEvent, SteamcmdReader, type SteamcmdResult } from '../steamcmd/steamcmd-reader.ts'
import { eventually } from '../testing/eventually.ts'
import { LogDirectory } from './log-directory.ts'
import { LogFollower } from './log-follower.ts'
import { RconBroker } from './rcon-broker.ts'

const steamcmd = fileURLToPath(
  import.meta.resolve('@left4me/simulator').replace(/src\/index\.ts$/, 'bin/steamcmd'),
)
const folder = () => mkdtempDisposable(join(tmpdir(), 'left4me-steamcmd-'))

/** Runs the simulated steamcmd once and reads what it prints. */
async function run(
  home: string,
  commands: readonly string[],
  switches = '',
  asked: ConstructorParameters<typeof SteamcmdReader>[0] = { appId: dedicatedServerAppId },
): Promise<{ events: SteamcmdEvent[]; result: SteamcmdResult }> {
  await mkdir(home, { recursive: true })
  const child = spawn(steamcmd, commands, {
    env: {
      PATH: '/usr/bin:/bin',
      HOME: home,
      LEFT4ME_SIMULATOR_SWITCHES: `-simulate-duration-ms 50 ${switches}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const reader = new SteamcmdReader(asked)
  const events: SteamcmdEvent[] = []
  const exitCode = new Promise<number | null>(resolve => child.on('close', resolve))
  for await (const chunk of child.stdout.setEncoding('utf8')) events.push(...reader.push(String(chunk)))
  return { events, result: reader.finish(await exitCode) }
}

describe('an installation by steamcmd', () => {
  test('succeeds by way of two platforms, and its server’s log is followed over a map change', async () => {
    await using temporary = await folder()
    const directory = join(temporary.path, 'installation')
    const home = join(temporary.path, 'home')
    const [linuxAlone = []] = steamcmdInstallRuns({ directory, way: 'linux', validate: false })
    expect((await run(home, linuxAlone)).result).toMatchObject({
      succeeded: false,
      problem: { retry: 'other-way' },
    })
    for (const commands of steamcmdInstallRuns({ directory, way: 'two-platforms', validate: false })) {
      const { events, result } = await run(home, commands)
      expect(result).toMatchObject({ succeeded: true, problem: null })
      const fractions = events.flatMap(event => (event.kind === 'progress' ? event.fraction : []))
      expect(fractions.length).toBeGreaterThan(3)
      expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
    }
    const manifest = await readFile(join(directory, 'steamapps', 'appmanifest_222860.acf'))
    expect(parseAppManifest(manifest)).toMatchObject({ appId: dedicatedServerAppId, complete: true })
    const steamInf = parseSteamInf(await readFile(join(directory, 'left4dead2', 'steam.inf'), 'utf8'))
    expect(steamInf).toMatchObject({ patchVersion: '2.2.4.3', versionNumber: '2243' })

    await writeFile(
      join(directory, 'left4dead2', 'cfg', 'server.cfg'),
      'rcon_password "correcthorse"\nlog on\nsv_logfile 1\nsv_logflush 1\n',
    )
    await using server = await startSimulatedServer({
      root: directory,
      switches: { players: 2, names: 'hostile', 'player-interval-ms': 50 },
    })
    const target = { host: server.host, port: server.port, password: 'correcthorse' }
    await using broker = new RconBroker({ timeoutMs: 20_000 })
    const seen: LogEvent[] = []
    const follower = new LogFollower({
      files: new LogDirectory(join(directory, 'left4dead2', 'logs')),
      from: 'start',
      intervalMs: 20,
      onLines: lines => {
        seen.push(...lines.flatMap(line => readLogLine(line.text)).map(line => line.event))
      },
    })
    const following = follower.start()
    for (const map of ['c8m1_apartment', 'c8m2_subway']) {
      const status = () => broker.execute(target, 'status').then(parseStatus, () => null)
      await eventually(status).toMatchObject({ complete: true })
      // The configuration sets the password at each map, which ends the session that asked for it.
      await broker.execute(target, `changelevel ${map}`).catch(() => '')
      await eventually(() => seen.some(event => event.kind === 'map-started' && event.map === map)).toBe(true)
    }
    follower.stop()
    await following
    expect(seen.filter(event => event.kind === 'log-started').length).toBeGreaterThanOrEqual(2)
  })

  test.each([
    ['-simulate-failure rate-limit', 'rate-limited'],
    ['-simulate-linux-alone -simulate-failure state-0x202 -simulate-exit-code 0', 'disk-space'],
    ['-simulate-linux-alone -simulate-self-update stop', 'self-update'],
    ['-simulate-linux-alone -simulate-crash-at downloading', 'no-success'],
  ])('fails with its reason: %s', async (switches, code) => {
    await using temporary = await folder()
    const [commands = []] = steamcmdInstallRuns({
      directory: join(temporary.path, 'i'),
      way: 'linux',
      validate: false,
    })
    const { result } = await run(join(temporary.path, 'home'), commands, switches)
    expect(result).toMatchObject({ succeeded: false, problem: { code } })
  })

  test('succeeds in another locale, after an update of steamcmd itself, in blocks, and with an exit code that lies', async () => {
    await using temporary = await folder()
    const directory = join(temporary.path, 'installation')
    const [commands = []] = steamcmdInstallRuns({ directory, way: 'linux', validate: true })
    const { events, result } = await run(
      join(temporary.path, 'home'),
      commands,
      '-simulate-linux-alone -simulate-self-update restart -simulate-locale de -simulate-block-buffered -simulate-exit-code 7',
    )
    expect(result).toMatchObject({ succeeded: true, exitCode: 7 })
    const states = new Set(events.flatMap(event => (event.kind === 'progress' ? event.state : [])))
    expect([...states]).toEqual(
      expect.arrayContaining(['self-updating', 'preallocating', 'downloading', 'committing']),
    )
    const fractions = events.flatMap(event => (event.kind === 'progress' ? (event.stateFraction ?? []) : []))
    expect(fractions.every(fraction => fraction >= 0 && fraction <= 1)).toBe(true)
  })

  test('fails when an error follows its success', async () => {
    await using temporary = await folder()
    const [commands = []] = steamcmdInstallRuns({
      directory: join(temporary.path, 'i'),
      way: 'linux',
      validate: false,
    })
    const { result } = await run(
      join(temporary.path, 'home'),
      commands,
      '-simulate-linux-alone -simulate-error-after-success -simulate-exit-code 0',
    )
    expect(result).toMatchObject({ succeeded: false, exitCode: 0 })
  })
})

describe('workshop items by steamcmd', () => {
  test.each([
    ['timeout', 'item-timeout'],
    ['access-denied', 'item-refused'],
  ])('end with %s', async (outcome, code) => {
    await using temporary = await folder()
    const commands = ['+force_install_dir', join(temporary.path, 'i'), '+login', 'anonymous']
    for (const item of ['1000', '1001']) commands.push('+workshop_download_item', '550', item)
    const switches = `-simulate-workshop ${outcome} -simulate-workshop-id 1001`
    const { result } = await run(join(temporary.path, 'home'), [...commands, '+quit'], switches, {
      items: ['1000', '1001'],
    })
    expect(result.items.map(item => item.itemId)).toContain('1000')
    expect(result.problem?.code).toBe(code)
  })
})
