import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { layoutOf } from '../layout.ts'
import { confinedLauncher } from '../process/confined-program.ts'
import { findPrograms } from '../process/programs.ts'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { writeFakeGame } from '../testing/fake-game.ts'
import { writeFakeSteamcmd } from '../testing/fake-steamcmd.ts'
import type { InstallationOptions, InstallationUse } from './installation-options.ts'
import { RevisionedInstallation } from './revisioned-installation.ts'
import { shareFiles } from './share-files.ts'

const signal = new AbortController().signal
/** A second build: another program, one file changed in its place, one added, one gone. */
const secondBuild = `program
echo 'PatchVersion=2.2.4.4' >"$directory/left4dead2/steam.inf"
printf changed | dd of="$directory/left4dead2/in-place.txt" conv=notrunc 2>/dev/null
echo new >"$directory/left4dead2/added.txt"
rm -f "$directory/left4dead2/gone.txt"
manifest 4; echo "Success! App '222860' fully installed."; exit 0`
const firstBuild = `mkdir -p "$directory/left4dead2"
for name in same in-place gone; do echo "original $name" >"$directory/left4dead2/$name.txt"; done
success`

describeWithLayers('an update of the game files', () => {
  let folder: string
  let root: string
  let uses: InstallationUse[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'left4me-update-'))
    root = join(folder, 'root')
    uses = []
  })
  afterEach(() => rm(folder, { recursive: true }))

  const revisions = () => join(root, 'installation', 'revisions')
  const left = async () => (await readdir(revisions())).toSorted()
  const text = (revision: number, name: string) =>
    readFile(join(revisions(), String(revision), 'left4dead2', name), 'utf8')

  async function installationWith(
    body: string,
    trial: Partial<InstallationOptions['trial']> = {},
  ): Promise<RevisionedInstallation> {
    const { programs } = findPrograms({})
    if (!programs) throw new Error('programs are missing')
    return new RevisionedInstallation({
      layout: layoutOf(root),
      steamcmd: await writeFakeSteamcmd(folder, body),
      environment: {},
      launcher: () => confinedLauncher(programs),
      timings: { inactivityMs: 240_000, retryScale: 0.001 },
      trial: { run: async () => {}, clear: async () => {}, ...trial },
      uses: async () => uses,
      onAdopted: async () => {},
    })
  }

  const update = (installation: RevisionedInstallation) =>
    installation.update({ onProgress: () => {}, onOutput: () => {}, signal })

  it('never writes into a file of the revision that servers use, also where steamcmd writes in place', async () => {
    await update(await installationWith(firstBuild))
    const before = await stat(join(revisions(), '1', 'left4dead2', 'in-place.txt'))
    await update(await installationWith(secondBuild))
    expect(await text(1, 'in-place.txt')).toBe('original in-place\n')
    expect(await stat(join(revisions(), '1', 'left4dead2', 'in-place.txt'))).toMatchObject({
      mtimeMs: before.mtimeMs,
      ino: before.ino,
    })
    expect(await text(2, 'in-place.txt')).toBe('changedl in-place\n')
    expect(await text(2, 'added.txt')).toBe('new\n')
    expect(await text(1, 'gone.txt')).toBe('original gone\n')
    await expect(text(2, 'gone.txt')).rejects.toMatchObject({ code: 'ENOENT' })
    // What didn't change is one file.
    const inodes = await Promise.all(
      [1, 2].map(
        async revision => (await stat(join(revisions(), String(revision), 'left4dead2', 'same.txt'))).ino,
      ),
    )
    expect(inodes[0]).toBe(inodes[1])
  })

  it('would be written through if the copy were links: the negative control of the test before', async () => {
    await update(await installationWith(firstBuild))
    const one = join(revisions(), '1')
    const two = join(folder, 'two')
    await mkdir(join(two, 'left4dead2'), { recursive: true })
    await writeFile(join(two, 'left4dead2', 'in-place.txt'), 'original in-place\n')
    await shareFiles({ older: one, newer: two, onBytes: () => {}, signal })
    await writeFile(join(two, 'left4dead2', 'in-place.txt'), 'written through\n', { flag: 'r+' })
    expect(await text(1, 'in-place.txt')).toContain('written through')
  })

  it.each([
    ['while the present revision is copied', 'progress', 'copying'],
    ['while steamcmd runs', 'output', 'Loading Steam API'],
    ['while both are compared', 'progress', 'comparing'],
    ['while it is tried out', 'trial', ''],
  ])(
    'that is killed %s leaves the last good revision, and the next one finishes',
    async (_, where, words) => {
      const first = await update(await installationWith(firstBuild))
      await writeFakeSteamcmd(folder, secondBuild)
      const program = join(folder, 'update.ts')
      const source = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
      await writeFile(
        program,
        `import { RevisionedInstallation } from ${source('./revisioned-installation.ts')}
import { layoutOf } from ${source('../layout.ts')}
import { confinedLauncher } from ${source('../process/confined-program.ts')}
import { findPrograms } from ${source('../process/programs.ts')}
const die = () => process.kill(process.pid, 'SIGKILL')
const [root, steamcmd, where, words] = process.argv.slice(2)
const installation = new RevisionedInstallation({
  layout: layoutOf(root), steamcmd, environment: {},
  launcher: () => confinedLauncher(findPrograms({}).programs),
  timings: { inactivityMs: 240000, retryScale: 0.001 },
  trial: { run: async () => { if (where === 'trial') die() }, clear: async () => {} },
  uses: async () => [], onAdopted: async () => {},
})
await installation.update({
  onProgress: ({ activity }) => { if (where === 'progress' && activity.includes(words)) die() },
  onOutput: line => { if (where === 'output' && line.includes(words)) die() },
  signal: new AbortController().signal,
})
`,
      )
      const steamcmd = join(folder, 'steamcmd.sh')
      const child = spawn(process.execPath, [program, root, steamcmd, where, words], {
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])

      let cleared = 0
      const after = await installationWith(secondBuild, { clear: async () => void cleared++ })
      expect(await after.status()).toEqual(first)
      expect(await after.revisions()).toMatchObject([{ revision: 1, current: true }])
      expect(await update(after)).toMatchObject({ state: 'ready', version: '2.2.4.4' })
      // The hidden server that was left behind is ended.
      expect(cleared).toBe(where === 'trial' ? 1 : 0)
      const [newest] = await after.revisions()
      expect(newest).toMatchObject({ current: true, version: '2.2.4.4' })
      expect(await left()).toEqual(['1', '1.json', `${newest?.revision}`, `${newest?.revision}.json`])
      expect(await text(1, 'in-place.txt')).toBe('original in-place\n')
    },
  )

  it('gives the room back when the disk is full, since servers need it, but keeps a first download', async () => {
    const full = `echo "Error! App '222860' state is 0x202 after update job."; exit 8`
    await expect(update(await installationWith(full))).rejects.toMatchObject({ code: 'disk-full' })
    expect(await left()).toEqual(['.building'])
    const first = await update(await installationWith(firstBuild))
    await expect(update(await installationWith(full))).rejects.toMatchObject({ code: 'disk-full' })
    expect(await left()).toEqual(['1', '1.json'])
    expect(await (await installationWith(full)).status()).toEqual(first)
  })

  it('takes the files of an earlier left4me as its first revision, by renames', async () => {
    await writeFakeGame(join(root, 'installation'))
    const { ino } = await stat(join(root, 'installation', 'srcds_run'))
    const installation = await installationWith(secondBuild)
    // Until servers of that time have ended they are used as they lie.
    uses = [{ instanceId: 4, revision: null, running: true }]
    await installation.adopt()
    expect(await installation.status()).toMatchObject({ state: 'ready', revision: null })
    await expect(update(installation)).rejects.toMatchObject({
      code: 'servers-running',
      message: expect.stringContaining('Server 4'),
      remedy: expect.stringContaining('this one time'),
    })
    uses = []
    await installation.adopt()
    expect(await installation.status()).toMatchObject({ state: 'ready', revision: 1, version: '2.2.4.3' })
    expect((await stat(join(revisions(), '1', 'srcds_run'))).ino).toBe(ino)
    expect((await readdir(join(root, 'installation'))).toSorted()).toEqual(['current', 'revisions'])
    await installation.adopt()
    expect(await left()).toEqual(['1', '1.json'])
  })

  it('goes on with that where it was killed, and with an installation that was never finished', async () => {
    await writeFakeGame(join(root, 'installation'))
    const adopting = join(revisions(), '.adopting')
    await mkdir(adopting, { recursive: true })
    await rm(join(root, 'installation', 'srcds_run'))
    await writeFile(join(adopting, 'srcds_run'), '#!/bin/sh\n', { mode: 0o755 })
    const installation = await installationWith('[ -n "$validate" ] || failure Unchecked; success')
    await installation.adopt()
    expect(await installation.status()).toMatchObject({ state: 'ready', revision: 1 })

    await rm(join(root, 'installation'), { recursive: true })
    await writeFakeGame(join(root, 'installation'))
    await mkdir(join(root, 'steam'), { recursive: true })
    await writeFile(join(root, 'steam', 'installation-incomplete'), '')
    expect(await installation.status()).toMatchObject({ state: 'broken' })
    await installation.adopt()
    expect(await installation.status()).toMatchObject({ state: 'broken', revision: null })
    expect(await update(installation)).toMatchObject({ state: 'ready', revision: 1 })
  })

  it('believes the newest revision when the pointer to the current one can’t be read', async () => {
    const installation = await installationWith(firstBuild)
    await update(installation)
    await update(await installationWith(secondBuild))
    await writeFile(join(root, 'installation', 'current'), '../../etc\n')
    expect(await installation.status()).toMatchObject({ revision: 2, state: 'ready' })
    await rm(join(root, 'installation', 'current'))
    expect(await installation.status()).toMatchObject({ revision: 2, state: 'ready' })
  })

  it('repairs a damaged revision beside it, by comparing every file with Steam’s', async () => {
    await update(await installationWith(firstBuild))
    await rm(join(revisions(), '1', 'srcds_run'))
    const installation = await installationWith('[ -n "$validate" ] || failure Unchecked; success')
    expect(await installation.status()).toMatchObject({ state: 'broken' })
    expect(await update(installation)).toMatchObject({ state: 'ready', revision: 2 })
  })
})
