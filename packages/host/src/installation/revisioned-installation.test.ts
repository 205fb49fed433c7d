import { spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { InstallProgress } from '../host.ts'
import { layoutOf } from '../layout.ts'
import { confinedLauncher } from '../process/confined-program.ts'
import { findPrograms } from '../process/programs.ts'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { eventually } from '../testing/eventually.ts'
import { writeFakeSteamcmd } from '../testing/fake-steamcmd.ts'
import type { InstallationOptions, InstallationUse } from './installation-options.ts'
import { RevisionedInstallation } from './revisioned-installation.ts'

const simulatedSteamcmd = join(import.meta.dirname, '..', '..', '..', 'simulator', 'bin', 'steamcmd')

describeWithLayers('the installation', () => {
  let folder: string
  let root: string
  let uses: InstallationUse[]
  let progress: InstallProgress[]
  let output: string[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'left4me-installation-'))
    root = join(folder, 'root')
    uses = []
    progress = []
    output = []
  })

  afterEach(async () => {
    await rm(folder, { recursive: true })
    expect(processesNaming(folder)).toEqual([])
  })

  function installationWith(
    steamcmd: string | null,
    options: Partial<InstallationOptions> = {},
  ): RevisionedInstallation {
    const { programs } = findPrograms({})
    if (!programs) throw new Error('programs are missing')
    return new RevisionedInstallation({
      layout: layoutOf(root),
      steamcmd,
      environment: {},
      launcher: () => confinedLauncher(programs),
      timings: { inactivityMs: 240_000, retryScale: 0.001 },
      trial: { run: async () => {}, clear: async () => {} },
      uses: async () => uses,
      onAdopted: async () => {},
      ...options,
    })
  }

  const update = (installation: RevisionedInstallation, signal = new AbortController().signal) =>
    installation.update({
      onProgress: step => progress.push(step),
      onOutput: line => output.push(line),
      signal,
    })

  const withScript = async (body: string, options: Partial<InstallationOptions> = {}) =>
    installationWith(await writeFakeSteamcmd(folder, body), options)

  const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trimEnd().split('\n')

  it('is missing before anything was installed', async () => {
    expect(await installationWith(null).status()).toEqual({
      state: 'missing',
      revision: null,
      buildId: null,
      version: null,
      size: null,
      updatedAt: null,
      simulated: false,
      problem: null,
    })
  })

  it('comes from the simulated steamcmd by way of Windows, and says that it is simulated', async () => {
    const installation = installationWith(simulatedSteamcmd, {
      environment: { LEFT4ME_SIMULATOR_SWITCHES: '-simulate-duration-ms 200' },
    })
    const status = await update(installation)
    expect(status).toMatchObject({ state: 'ready', simulated: true, version: '2.2.4.3', problem: null })
    expect(await installation.status()).toEqual(status)
    const fractions = progress.map(({ fraction }) => fraction)
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
    expect(fractions.at(-1)).toBe(1)
    expect(progress.some(({ activity }) => activity.startsWith('downloading, '))).toBe(true)
    expect(output.join('\n')).toContain('(Invalid platform)')
    expect(output.filter(line => line.includes('downloading')).length).toBeLessThan(5)
    expect(await readFile(join(root, 'steam', 'sdk32', 'steamclient.so'), 'utf8')).not.toBe('')

    output = []
    expect(await update(installation)).toMatchObject({ state: 'ready' })
    expect(output.join('\n')).toContain('already up to date')
  })

  it('names the folder before the login, and validates only in the run that switches to Linux', async () => {
    const installation = await withScript(
      `[ -n "$platform" ] || failure 'No subscription'
[ "$platform" = linux ] && success
manifest 4; echo "Success! App '222860' fully installed."`,
    )
    await update(installation)
    const directory = join(root, 'installation', 'revisions', '.building')
    expect(await calls()).toEqual([
      `+force_install_dir ${directory} +login anonymous +app_update 222860 +quit`,
      `+@sSteamCmdForcePlatformType windows +force_install_dir ${directory} +login anonymous +app_update 222860 +quit`,
      `+@sSteamCmdForcePlatformType linux +force_install_dir ${directory} +login anonymous +app_update 222860 validate +quit`,
    ])
  })

  it('gives steamcmd a terminal, a home, and numbers in one notation', async () => {
    const installation = await withScript(
      '[ -t 1 ] && echo terminal; echo "home $HOME"; echo "locale $LC_ALL"; success',
    )
    await update(installation)
    expect(output).toEqual(
      expect.arrayContaining(['terminal', `home ${join(root, 'steam')}`, 'locale C.UTF-8']),
    )
  })

  it('starts once more after steamcmd has updated itself, not for ever', async () => {
    const body = "echo '[----] Update complete, launching Steamcmd...'; exit 42"
    const script = await writeFakeSteamcmd(folder, '')
    await writeFile(
      script,
      (await readFile(script, 'utf8')).replace(
        /^echo 'Loading.*$/m,
        `[ "$run" -gt 1 ] || { ${body}; }\necho 'Loading Steam API...OK'; success`,
      ),
    )
    expect(await update(installationWith(script))).toMatchObject({ state: 'ready' })
    expect(await calls()).toHaveLength(2)

    await rm(join(folder, 'calls'))
    await writeFile(script, (await readFile(script, 'utf8')).replace('[ "$run" -gt 1 ] || ', ''))
    await expect(update(installationWith(script))).rejects.toMatchObject({ code: 'install-failed' })
    expect(await calls()).toHaveLength(2)
  })

  it('tries three times more while the configuration is missing, then by way of Windows', async () => {
    const passing = await withScript(`[ "$run" -lt 3 ] && failure 'Missing configuration'; success`)
    expect(await update(passing)).toMatchObject({ state: 'ready' })
    expect(await calls()).toHaveLength(3)

    await rm(join(folder, 'calls'))
    const lasting = await withScript(
      `[ -z "$platform" ] && failure 'Missing configuration'; [ "$platform" = linux ] && success; echo "Success! App '222860' fully installed."`,
    )
    expect(await update(lasting)).toMatchObject({ state: 'ready' })
    expect((await calls()).filter(call => !call.includes('Platform'))).toHaveLength(4)
  })

  it('does not try again when Steam has had too many logins, and says to wait', async () => {
    const installation = await withScript(
      'echo "Connecting anonymously to Steam Public...FAILED (Rate Limit Exceeded)"; exit 5',
    )
    await expect(update(installation)).rejects.toMatchObject({
      code: 'install-failed',
      remedy: expect.stringContaining('Wait'),
    })
    expect(await calls()).toHaveLength(1)
  })

  it('believes the words of success and the manifest, not the exit code', async () => {
    await expect(update(await withScript("failure 'Disk write failure' 0"))).rejects.toMatchObject({
      code: 'install-failed',
    })
    await rm(join(folder, 'calls'))
    const strange = await withScript(
      'manifest 4; program; echo "Success! App \'222860\' fully installed."; exit 7',
    )
    expect(await update(strange)).toMatchObject({ state: 'ready' })
  })

  it.each([
    [
      'says that files are missing',
      'manifest 1026; program; echo "Success! App \'222860\' fully installed."',
      '1026',
    ],
    ['has no program', 'manifest 4; echo "Success! App \'222860\' fully installed."', 'srcds_run'],
    ['has no manifest', 'program; echo "Success! App \'222860\' fully installed."', 'manifest'],
  ])('is broken when it %s although steamcmd succeeded', async (_, body, words) => {
    const installation = await withScript(body)
    await expect(update(installation)).rejects.toMatchObject({
      code: 'install-failed',
      message: expect.stringContaining(words),
    })
    expect(await installation.status()).toMatchObject({ state: 'broken', problem: expect.any(String) })
  })

  it('stays what it was after an update that failed, and the next one checks every file', async () => {
    const installation = await withScript('[ "$run" -gt 1 ] && failure "Invalid Password"; success')
    const first = await update(installation)
    expect(first).toMatchObject({ state: 'ready', revision: 1 })
    await expect(update(installation)).rejects.toMatchObject({ code: 'install-failed' })
    expect(await installation.status()).toEqual(first)
    await writeFakeSteamcmd(folder, '[ -n "$validate" ] || failure Corrupt; success')
    expect(await update(installation)).toMatchObject({ state: 'ready', problem: null })
  })

  it('says that the disk is full, whichever way steamcmd puts it', async () => {
    const state = await withScript(`echo "Error! App '222860' state is 0x202 after update job."; exit 8`)
    await expect(update(state)).rejects.toMatchObject({ code: 'disk-full', remedy: expect.any(String) })
    const announced = await withScript(
      `echo " Update state (0x11) preallocating, progress: 0.00 (0 / 999999999999999)"; sleep 100; success`,
    )
    await expect(update(announced)).rejects.toMatchObject({ code: 'disk-full' })
  })

  it('ends a steamcmd that says nothing any more, with everything it started', async () => {
    const installation = await withScript('setsid sleep 1000 & sleep 1000', {
      timings: { inactivityMs: 300, retryScale: 0.001 },
    })
    await expect(update(installation)).rejects.toMatchObject({
      code: 'install-failed',
      message: expect.stringContaining('printed nothing'),
    })
  })

  it('is cancelled with everything that steamcmd started, and goes on another time', async () => {
    const abort = new AbortController()
    const installation = await withScript(
      `[ "$run" = 1 ] && { echo begun; (setsid sh -c 'sleep 1000; : ${folder}') & sleep 1000; }; success`,
    )
    const updating = update(installation, abort.signal)
    await eventually('steamcmd has begun', () => output.includes('begun'))
    expect(processesNaming(folder).length).toBeGreaterThan(0)
    abort.abort()
    await expect(updating).rejects.toMatchObject({ code: 'cancelled' })
    expect(processesNaming(folder)).toEqual([])
    expect(await installation.status()).toMatchObject({ state: 'broken' })
    expect(await update(installation)).toMatchObject({ state: 'ready' })
  })

  it('leaves no process behind when left4me is killed in the middle, and counts as broken', async () => {
    const script = await writeFakeSteamcmd(folder, "echo begun; (setsid sh -c 'sleep 1000') & sleep 1000")
    const program = join(folder, 'update.ts')
    await writeFile(
      program,
      `import { createProcessHost } from ${JSON.stringify(new URL('../process/process-host.ts', import.meta.url).href)}
const host = createProcessHost(${JSON.stringify({ root, node: process.execPath, steamcmd: script, timings: { idleExit: 0 } })})
await host.open()
await host.installation.update({ onProgress: () => {}, onOutput: line => console.log(line), signal: new AbortController().signal })`,
    )
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', chunk => {
      text += chunk
    })
    await eventually('steamcmd has begun', () => text.includes('begun'))
    const running = processesNaming(folder).filter(command => command.includes('steamcmd.sh'))
    expect(running.length).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await eventually('nothing is left', () => processesNaming(folder).length === 0)
    expect(await installationWith(script).status()).toMatchObject({ state: 'broken' })
  })

  it('is updated by one at a time', async () => {
    const installation = await withScript('sleep 0.3; success')
    const first = update(installation)
    await expect(update(installation)).rejects.toMatchObject({ code: 'install-failed' })
    expect(await first).toMatchObject({ state: 'ready' })
  })

  it('says what to set when there is no steamcmd', async () => {
    await expect(update(installationWith(null))).rejects.toMatchObject({
      code: 'unsupported',
      remedy: expect.stringContaining('LEFT4ME_STEAMCMD'),
    })
    await expect(update(installationWith('/no/such/steamcmd'))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('/no/such/steamcmd'),
    })
  })

  it('is broken, not missing, when its manifest can not be read', async () => {
    await mkdir(join(root, 'installation', 'steamapps'), { recursive: true })
    await writeFile(join(root, 'installation', 'srcds_run'), '')
    await writeFile(join(root, 'installation', 'steamapps', 'appmanifest_222860.acf'), 'rubbish {')
    expect(await installationWith(null).status()).toMatchObject({ state: 'broken', buildId: null })
  })
})

function processesNaming(folder: string): string[] {
  const { stdout } = spawnSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' })
  return stdout.split('\n').filter(line => line.includes(folder))
}
