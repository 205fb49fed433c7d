import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { initialSwitches } from '../switch-table.ts'
import { SteamcmdSession } from './session.ts'
import { type SteamcmdSwitches, steamcmdSwitches } from './switches.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'simulator-steamcmd-'))
})
afterEach(() => rmSync(root, { recursive: true }))

interface Run {
  readonly text: string
  readonly code: number
}

const directory = (): string => join(root, 'installation')
const manifest = (): string => readFileSync(join(directory(), 'steamapps/appmanifest_222860.acf'), 'utf8')

/** One run of steamcmd in this process, its commands separated by `+` as on its command line. */
async function steamcmd(commands: string, switches: Partial<SteamcmdSwitches> = {}): Promise<Run> {
  let text = ''
  const session = new SteamcmdSession({
    home: join(root, 'home'),
    switches: { ...initialSwitches(steamcmdSwitches), 'duration-ms': 0, ...switches },
    print: part => {
      text += part
    },
    crash: () => {
      throw new Error('it crashed')
    },
  })
  if (await session.begin()) {
    for (const command of commands.split('+').slice(1))
      if (!(await session.run(command.trim().split(' ')))) break
  }
  return { text, code: session.exitCode }
}

const install = (platform: string, switches: Partial<SteamcmdSwitches> = {}, option = ''): Promise<Run> =>
  steamcmd(
    `+force_install_dir ${directory()} +login anonymous +@sSteamCmdForcePlatformType ${platform} +app_update 222860${option} +quit`,
    switches,
  )

describe('an installation', () => {
  it('is refused for Linux alone, and works as Windows first and Linux second', async () => {
    expect(await install('linux')).toMatchObject({
      code: 8,
      text: expect.stringContaining("ERROR! Failed to install app '222860' (Invalid platform)\n"),
    })
    expect(existsSync(directory())).toBe(false)

    const windows = await install('windows')
    expect(windows.code).toBe(0)
    expect(windows.text).toContain("Success! App '222860' fully installed.\n")
    expect(existsSync(join(directory(), 'srcds.exe'))).toBe(true)
    expect(existsSync(join(directory(), 'srcds_run'))).toBe(false)

    const linux = await install('linux', {}, ' validate')
    expect([linux.code, linux.text.includes('Success!')]).toEqual([0, true])
    expect(statSync(join(directory(), 'srcds_run')).mode & 0o111).toBe(0o111)
    expect(statSync(join(directory(), 'srcds_linux')).mode & 0o111).toBe(0o111)
  })

  it('works for Linux alone where the depot is open, as it was', async () => {
    const run = await install('linux', { 'linux-alone': true })
    expect(run.code).toBe(0)
    expect(existsSync(join(directory(), 'left4dead2/maps/c1m1_hotel.bsp'))).toBe(true)
    expect(existsSync(join(directory(), 'srcds_run'))).toBe(true)
  })

  it('prints every state with its progress, to the byte and starting again in each', async () => {
    const { text } = await install('windows')
    const lines = text.split('\n').filter(line => line.startsWith(' Update state'))
    expect(lines[0]).toBe(' Update state (0x3) reconfiguring, progress: 0.00 (0 / 0)')
    expect(lines.at(-1)).toBe(' Update state (0x0) unknown, progress: 0.00 (0 / 0)')
    const states = [
      ...new Set(lines.map(line => / \((0x[0-9a-f]+)\) ([a-z ]+),/.exec(line)?.slice(1).join(' '))),
    ]
    expect(states).toEqual([
      '0x3 reconfiguring',
      '0x11 preallocating',
      '0x61 downloading',
      '0x81 verifying update',
      '0x101 committing',
      '0x0 unknown',
    ])
    expect(lines).toContain(' Update state (0x61) downloading, progress: 25.00 (2427571866 / 9710287462)')
    expect(lines).toContain(' Update state (0x101) committing, progress: 100.00 (9710287462 / 9710287462)')
  })

  it('says that it is simulated, in the output, the manifest and steam.inf', async () => {
    const { text } = await install('windows')
    expect(text).toContain('simulated')
    expect(manifest()).toContain('"name"\t\t"Left 4 Dead 2 Dedicated Server (simulated)"')
    const inf = readFileSync(join(directory(), 'left4dead2/steam.inf'), 'utf8')
    expect(inf).toContain('PatchVersion=2.2.4.3\n')
    expect(inf).toContain('Simulated=1\n')
  })

  it('has a manifest with build, state and the size of what is there', async () => {
    await install('windows')
    await install('linux')
    expect(manifest()).toMatch(/"StateFlags"\t\t"4"/)
    expect(manifest()).toMatch(/"buildid"\t\t"10097001"/)
    const size = Number(/"SizeOnDisk"\t\t"(\d+)"/.exec(manifest())?.[1])
    expect(size).toBeGreaterThan(50_000)
    expect(size).toBeLessThan(3_000_000)
  })

  it('is up to date the second time, is verified on request, and restores changed default files', async () => {
    await install('windows')
    expect((await install('windows')).text).toContain("Success! App '222860' already up to date.\n")
    const motd = join(directory(), 'left4dead2/motd.txt')
    writeFileSync(motd, 'mine')
    writeFileSync(join(directory(), 'left4dead2/cfg/server.cfg'), 'mine too')
    const validated = await install('windows', {}, ' validate')
    expect(validated.text).toContain(' Update state (0x5) verifying install, progress: 25.00 (')
    expect(readFileSync(motd, 'utf8')).not.toBe('mine')
    expect(readFileSync(join(directory(), 'left4dead2/cfg/server.cfg'), 'utf8')).toBe('mine too')
  })

  it('follows a new build', async () => {
    await install('windows')
    await install('linux')
    const newer = { 'build-id': '10098000', 'patch-version': '2.2.4.4' }
    for (const platform of ['windows', 'linux']) {
      expect((await install(platform, newer)).text).toContain('fully installed')
    }
    expect(manifest()).toContain('"buildid"\t\t"10098000"')
    expect(readFileSync(join(directory(), 'left4dead2/steam.inf'), 'utf8')).toContain('PatchVersion=2.2.4.4')
  })

  it('keeps to the order of its commands', async () => {
    const late = await steamcmd(`+login anonymous +force_install_dir ${directory()} +quit`)
    expect(late.text).toContain('Please use force_install_dir before logon!\n')
    const early = await steamcmd(`+force_install_dir ${directory()} +app_update 222860 +quit`)
    expect([early.code, early.text.includes('Success')]).toEqual([8, false])
    expect(existsSync(directory())).toBe(false)
    expect((await steamcmd('+login someone secret +quit')).code).toBe(5)
    expect((await steamcmd('+nonsense +quit')).text).toContain('Command not found: nonsense\n')
  })

  it('knows no other app', async () => {
    const run = await steamcmd(`+force_install_dir ${directory()} +login anonymous +app_update 550 +quit`)
    expect(run).toMatchObject({ code: 8, text: expect.stringContaining("app '550' (No subscription)") })
  })
})

describe('a failing installation', () => {
  it.each([
    ['invalid-platform', 8, "ERROR! Failed to install app '222860' (Invalid platform)\n"],
    ['no-subscription', 8, "ERROR! Failed to install app '222860' (No subscription)\n"],
    ['missing-configuration', 8, "ERROR! Failed to install app '222860' (Missing configuration)\n"],
    ['rate-limit', 5, 'Connecting anonymously to Steam Public...FAILED (Rate Limit Exceeded)\n'],
    ['no-connection', 5, 'Connecting anonymously to Steam Public...FAILED (No Connection)\n'],
    ['state-0x202', 8, "Error! App '222860' state is 0x202 after update job.\n"],
    ['state-0x6A6', 8, "Error! App '222860' state is 0x6A6 after update job.\n"],
  ])('by %s exits %i and never says Success', async (failure, code, text) => {
    const run = await install('windows', { failure })
    expect(run.code).toBe(code)
    expect(run.text).toContain(text)
    expect(run.text).not.toContain('Success')
  })

  it('in the middle of the download leaves a manifest that is not complete, and the next run repairs it', async () => {
    await install('windows', { failure: 'state-0x402' })
    expect(manifest()).toContain('"StateFlags"\t\t"1026"')
    expect(existsSync(join(directory(), 'steamapps/downloading/222860'))).toBe(true)
    expect(existsSync(join(directory(), 'left4dead2/steam.inf'))).toBe(false)
    expect((await install('linux')).text).toContain('Invalid platform')
    expect((await install('windows')).code).toBe(0)
    expect(manifest()).toContain('"StateFlags"\t\t"4"')
  })

  it('can exit 0 all the same', async () => {
    expect(await install('windows', { failure: 'missing-configuration', 'exit-code': 0 })).toMatchObject({
      code: 0,
      text: expect.stringContaining('ERROR!'),
    })
  })

  it('can say Success first and ERROR afterwards', async () => {
    const { text, code } = await install('windows', { 'error-after-success': true })
    expect(text.indexOf('ERROR!')).toBeGreaterThan(text.indexOf('Success!'))
    expect(text).toContain('Success!')
    expect(code).toBe(8)
  })

  it('can fail so often and then work, on one platform only', async () => {
    const switches = {
      failure: 'missing-configuration',
      'failure-times': 2,
      'failure-platform': 'linux',
    } as const
    expect((await install('windows', switches)).code).toBe(0)
    const codes = []
    for (let round = 0; round < 4; round += 1) codes.push((await install('linux', switches)).code)
    expect(codes).toEqual([8, 8, 0, 0])
  })

  it('reports what the file system says', async () => {
    writeFileSync(join(root, 'file'), '')
    const run = await steamcmd(
      `+force_install_dir ${root}/file/below +login anonymous +@sSteamCmdForcePlatformType windows +app_update 222860 +quit`,
    )
    expect(run).toMatchObject({ code: 8, text: expect.stringContaining('state is 0x606 after update job') })
  })

  it('crashes where it is told to, and what was complete before is not any more', async () => {
    await install('windows')
    await expect(install('windows', { 'crash-at': 'committing', 'build-id': '2' })).rejects.toThrow(
      'it crashed',
    )
    expect(manifest()).toContain('"StateFlags"\t\t"1026"')
  })
})

describe("steamcmd's other manners", () => {
  it('updates itself and goes on', async () => {
    const { text, code } = await install('windows', { 'self-update': 'restart', locale: 'de' })
    expect(text).toContain('[ 26%] Downloading update (14.944 of 57.477 KB)...\n')
    expect(text).toContain('[----] Update complete, launching Steamcmd...\nRedirecting stderr to')
    expect([code, text.includes('Success!')]).toEqual([0, true])
  })

  it('updates itself and stops, the first time only', async () => {
    const first = await install('windows', { 'self-update': 'stop' })
    expect(first.code).toBe(42)
    expect(first.text.endsWith('[----] Update complete, launching Steamcmd...\n')).toBe(true)
    expect((await install('windows', { 'self-update': 'stop' })).code).toBe(0)
  })

  it('writes decimals as the locale does', async () => {
    const { text } = await install('windows', { locale: 'de' })
    expect(text).toContain('progress: 25,00 (2427571866 / 9710287462)\n')
  })
})

describe('the workshop', () => {
  const download = (ids: readonly string[], switches: Partial<SteamcmdSwitches> = {}): Promise<Run> =>
    steamcmd(
      `+force_install_dir ${directory()} +login anonymous ${ids.map(id => `+workshop_download_item 550 ${id} `).join('')}+quit`,
      switches,
    )

  it('puts an item into its own folder and into appworkshop_550.acf', async () => {
    const { text, code } = await download(['3405000001', '121221044'])
    const folder = join(directory(), 'steamapps/workshop/content/550/3405000001')
    const size = statSync(join(folder, 'simulated_3405000001.vpk')).size
    expect(text).toContain(`Success. Downloaded item 3405000001 to "${folder}" (${size} bytes) \n`)
    expect(code).toBe(0)
    const record = readFileSync(join(directory(), 'steamapps/workshop/appworkshop_550.acf'), 'utf8')
    expect(record).toContain(`"3405000001"\n\t\t{\n\t\t\t"size"\t\t"${size}"`)
    expect(record).toContain('"121221044"')
    expect(record).toContain('"ugchandle"\t\t"-4673088071463086127"')
  })

  it('gives a legacy item as one file without a name', async () => {
    const { text } = await download(['500'], { workshop: 'legacy' })
    const path = /to "([^"]+_legacy\.bin)"/.exec(text)?.[1] ?? ''
    expect(readFileSync(path).readUInt32LE(0)).toBe(0x55aa1234)
  })

  it('ends the batch at a timeout', async () => {
    const { text, code } = await download(['101', '102', '103'], {
      workshop: 'timeout',
      'workshop-id': '102',
    })
    expect(text).toContain('Success. Downloaded item 101')
    expect(text).toContain('ERROR! Timeout downloading item 102\n')
    expect(text).not.toContain('103')
    expect(code).toBe(10)
  })

  it.each([
    ['not-found', 'File Not Found'],
    ['failure', 'Failure'],
    ['access-denied', 'Access Denied'],
  ])('fails by %s and goes on', async (workshop, reason) => {
    const { text } = await download(['101', '102'], { workshop, 'workshop-id': '101' })
    expect(text).toContain(`ERROR! Download item 101 failed (${reason}).\n`)
    expect(text).toContain('Success. Downloaded item 102')
  })
})
