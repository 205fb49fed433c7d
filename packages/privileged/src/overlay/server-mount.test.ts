import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { swapForever } from '../../../../tools/test-support/swap-forever.ts'
import { parseInstanceName } from '../arguments/names.ts'
import { HelperError } from '../helper-error.ts'
import { serviceUserId } from '../host-paths.ts'
import { readMountTable } from '../mounts/mount-table.ts'
import { unmount } from '../mounts/unmount.ts'
import { openTemporaryHost, type TemporaryHost } from '../testing/temporary-host.ts'
import { openLayers } from './open-layers.ts'
import { prepareServer } from './prepare.ts'
import { findServerMount, mountServerLayers } from './server-mount.ts'
import type { ServerPlaces } from './server-places.ts'

describeWith(['root', 'overlayfs'], "a server's layers", () => {
  let host: TemporaryHost
  let places: ServerPlaces

  beforeEach(() => {
    host = openTemporaryHost()
    const name = parseInstanceName('1')
    if (!name) throw new Error('no name')
    places = prepareServer(host.paths, name)
    writeFileSync(join(host.paths.installation, 'srcds_run'), '#!/bin/sh', { mode: 0o755 })
  })
  afterEach(() => host[Symbol.dispose]())

  const mount = (lowerdirs: readonly string[]): void => {
    using layers = openLayers(host.paths, lowerdirs)
    mountServerLayers(places, layers.descriptors)
  }
  const layer = (lowerdir: string, files: Record<string, string>): string => {
    const folder = host.serviceFolder(lowerdir)
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, name), text)
      chownSync(join(folder, name), serviceUserId, serviceUserId)
    }
    return folder
  }
  const asService = (command: string): string =>
    execFileSync(
      'setpriv',
      [`--reuid=${serviceUserId}`, `--regid=${serviceUserId}`, '--clear-groups', 'bash', '-ec', command],
      { encoding: 'utf8', cwd: '/' },
    )
  const merged = (name: string): string => readFileSync(join(places.merged, name), 'utf8')

  // 500 of them, which the mount(8) of Debian 12 can't pass on, are tried in the container.
  it.each([1, 5, 80])('may be %i, the first one uppermost', count => {
    const lowerdirs = Array.from(
      { length: count - 1 },
      (_, index) => `overlays/${1_000_000_000 + index}/revisions/${999_999_999_999_000 + index}`,
    )
    for (const [index, lowerdir] of lowerdirs.entries())
      layer(lowerdir, { same: String(index), [`own-${index}`]: lowerdir })
    layer('installation', { same: 'installation', bottom: 'bottom' })
    mount([...lowerdirs, 'installation'])
    expect(merged('same')).toBe(count === 1 ? 'installation' : '0')
    expect(merged('bottom')).toBe('bottom')
    for (const [index, lowerdir] of lowerdirs.entries()) expect(merged(`own-${index}`)).toBe(lowerdir)
  })

  it('are mounted without set-uid programs and devices', () => {
    mount(['installation'])
    const line = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .find(text => text.includes(` ${places.merged} `))
    expect(line).toMatch(/ rw,nosuid,nodev,/)
    expect(line).toContain('userxattr')
    expect(line).toContain('lowerdir+=/proc/self/fd/3')
  })

  it('give the service user an upper that it can empty, and copy with what it hides', () => {
    layer('overlays/7/revisions/1', { gone: 'gone' })
    layer('overlays/7/revisions/1/folder', { old: 'old' })
    mount(['overlays/7/revisions/1', 'installation'])
    asService(`cd ${places.merged}; rm gone; rm -r folder; mkdir folder; echo new >folder/new; mkdir -p a/b`)
    unmountServer()
    const copy = host.serviceFolder('tmp/copy')
    asService(`cp -a ${places.upper}/. ${copy}; find ${places.upper} -mindepth 1 -delete`)
    expect(readdirSync(places.upper)).toEqual([])
    asService(`cp -a ${copy}/. ${places.upper}`)
    mount(['overlays/7/revisions/1', 'installation'])
    expect(existsSync(join(places.merged, 'gone'))).toBe(false)
    expect(readdirSync(join(places.merged, 'folder'))).toEqual(['new'])
  })

  it('would show deleted files in a copy again if the marks were only for root to read', () => {
    const [lower, upper, copy] = ['lower', 'upper2', 'copy'].map(name => host.serviceFolder(`tmp/${name}`))
    const work = ['work1', 'work2'].map(name => host.serviceFolder(`tmp/${name}`))
    asService(`mkdir ${lower}/folder; echo old >${lower}/folder/old`)
    const mountOn = (on: string | undefined, at: string | undefined) =>
      execFileSync('mount', [
        '-t',
        'overlay',
        '-o',
        `lowerdir=${lower},upperdir=${on},workdir=${at}`,
        'x',
        places.merged,
      ])
    mountOn(upper, work[0])
    asService(`cd ${places.merged}; rm -r folder; mkdir folder`)
    execFileSync('umount', [places.merged])
    asService(`cp -a ${upper}/. ${copy}`)
    mountOn(copy, work[1])
    expect(readdirSync(join(places.merged, 'folder'))).toEqual(['old'])
  })

  const unmountServer = (): void => {
    const found = findServerMount(places)
    if (!found) throw new Error('not mounted')
    unmount(found)
  }

  it('are found when they are mounted, and only then', () => {
    expect(findServerMount(places)).toBeNull()
    mount(['installation'])
    expect(findServerMount(places)).toMatchObject({ mountPoint: places.merged, upper: places.upper })
    unmountServer()
    expect(findServerMount(places)).toBeNull()
  })

  it('are refused over a foreign mount, and while another mount has the same upper', () => {
    execFileSync('mount', ['-t', 'tmpfs', 'x', places.merged])
    expect(() => findServerMount(places)).toThrow(
      `${places.merged} is a mount (tmpfs) that left4me didn't make.`,
    )
    execFileSync('umount', [places.merged])

    const elsewhere = host.serviceFolder('tmp/elsewhere')
    const work = host.serviceFolder('tmp/work')
    const options = `lowerdir=${host.paths.installation},upperdir=${places.upper},workdir=${work}`
    execFileSync('mount', ['-t', 'overlay', '-o', options, 'x', elsewhere])
    expect(() => findServerMount(places)).toThrow(`${elsewhere} is a mount (overlay)`)
    // The kernel itself would let it happen.
    mount(['installation'])
    expect(readMountTable().filter(({ upper }) => upper === places.upper)).toHaveLength(2)
  })

  it.each([
    ['overlays/9/revisions/1', 'layer-missing', "Revision 1 of overlay 9 isn't there."],
    ['overlays/7/revisions/2', 'layer-missing', "Revision 2 of overlay 7 isn't there."],
    ['installation/revisions/4', 'layer-missing', "The game isn't installed."],
  ])('are refused when %s is missing', (lowerdir, code, message) => {
    layer('overlays/7/revisions/1', {})
    expect(() => openLayers(host.paths, [lowerdir])).toThrow(expect.objectContaining({ code, message }))
  })

  it.each(['overlays', 'overlays/7', 'overlays/7/revisions', 'overlays/7/revisions/1'])(
    'are refused when %s is a link, which mount by a path follows into a folder of root alone',
    component => {
      const forbidden = join(host.paths.configuration, 'private')
      mkdirSync(forbidden, { mode: 0o700 })
      layer('overlays/7/revisions/1', { inside: 'inside' })
      const place = join(host.paths.root, component)
      renameSync(place, join(forbidden, 'moved'))
      symlinkSync(join(forbidden, 'moved'), place)
      expect(() => mount(['overlays/7/revisions/1', 'installation'])).toThrow(
        expect.objectContaining({ code: 'unsafe-path' }),
      )
      expect(readMountTable().some(({ upper }) => upper === places.upper)).toBe(false)

      const lower = join(host.paths.root, 'overlays/7/revisions/1')
      expect(() => asService(`cat ${forbidden}/moved/* 2>&1`)).toThrow()
      execFileSync('mount', [
        ...['-t', 'overlay', '-o', `lowerdir=${lower},upperdir=${places.upper},workdir=${places.work}`],
        ...['x', places.merged],
      ])
      expect(asService(`cat ${places.merged}/inside`)).toBe('inside')
    },
  )

  it.each(['file', 'fifo', 'foreign'])('are refused when one is a %s', kind => {
    const place = join(host.serviceFolder('overlays/7/revisions'), '1')
    if (kind === 'file') writeFileSync(place, '')
    else if (kind === 'fifo') execFileSync('mkfifo', [place])
    else {
      mkdirSync(place)
      chownSync(place, 1234, 1234)
    }
    expect(() => openLayers(host.paths, ['overlays/7/revisions/1'])).toThrow(
      expect.objectContaining({ code: 'unsafe-path' }),
    )
  })

  it('are never those behind a link, however fast the service user swaps a folder for one', async () => {
    const forbidden = join(host.paths.configuration, 'private/1')
    mkdirSync(forbidden, { recursive: true })
    writeFileSync(join(forbidden, 'secret'), 'secret')
    layer('overlays/7/revisions/1', { own: 'own' })
    symlinkSync(join(host.paths.configuration, 'private'), join(host.paths.overlays, '7/link'))
    const seen = { byDescriptor: new Set<string>(), byPath: new Set<string>() }
    const look = (into: Set<string>): void => {
      into.add(readdirSync(places.merged).filter(name => name !== 'srcds_run')[0] ?? 'nothing')
      execFileSync('umount', [places.merged])
    }
    await using _swap = await swapForever(
      join(host.paths.overlays, '7/revisions'),
      join(host.paths.overlays, '7/link'),
    )
    const lower = join(host.paths.overlays, '7/revisions/1')
    for (let round = 0; round < 5000; round++) {
      if (round > 60 && seen.byPath.has('secret') && seen.byDescriptor.has('own')) break
      try {
        mount(['overlays/7/revisions/1', 'installation'])
        look(seen.byDescriptor)
      } catch (error) {
        expect(error).toBeInstanceOf(HelperError)
      }
      // The guard off: what was checked by its path a moment ago is mounted by its path.
      try {
        if (lstatSync(join(host.paths.overlays, '7/revisions')).isSymbolicLink()) continue
        execFileSync(
          'mount',
          [
            ...['-t', 'overlay', '-o', `lowerdir=${lower},upperdir=${places.upper},workdir=${places.work}`],
            ...['x', places.merged],
          ],
          { stdio: 'ignore' },
        )
        look(seen.byPath)
      } catch {
        // Absent at that moment.
      }
    }
    expect([...seen.byDescriptor]).toEqual(['own'])
    expect(seen.byPath).toContain('secret')
  })

  it('that somebody holds stay mounted, and who it is is said', async () => {
    mount(['installation'])
    const holder = spawn('sleep', ['60'], { cwd: places.merged, stdio: 'ignore' })
    await once(holder, 'spawn')
    try {
      expect(() => unmountServer()).toThrow(
        expect.objectContaining({
          code: 'busy',
          message: `${places.merged} is in use by process ${holder.pid} (sleep 60).`,
        }),
      )
      expect(findServerMount(places)).not.toBeNull()
    } finally {
      await end(holder)
    }
    unmountServer()
    expect(findServerMount(places)).toBeNull()
  })

  it('that are held by an open file, a mapping or a mount inside name that', async () => {
    layer('installation', { library: readFileSync(process.execPath).subarray(0, 4096).toString('latin1') })
    mount(['installation'])
    execFileSync('mkdir', [join(places.merged, 'inside')])
    const reader = spawn('tail', ['-f', join(places.merged, 'library')], { cwd: '/', stdio: 'ignore' })
    await once(reader, 'spawn')
    execFileSync('mount', ['-t', 'tmpfs', 'x', join(places.merged, 'inside')])
    await waitUntil(() => openFiles(reader.pid).includes(join(places.merged, 'library')))
    try {
      expect(() => unmountServer()).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(/process \d+ \(tail -f .*\), a mount on .*\/merged\/inside\./),
        }),
      )
    } finally {
      await end(reader)
      execFileSync('umount', [join(places.merged, 'inside')])
    }
    unmountServer()
  })

  it('that are busy for a moment are waited for', async () => {
    mount(['installation'])
    const holder = spawn('sleep', ['0.5'], { cwd: places.merged, stdio: 'ignore' })
    await once(holder, 'spawn')
    unmountServer()
    await once(holder, 'exit')
    expect(findServerMount(places)).toBeNull()
  })

  it('leave nothing in work that only the kernel could have put there', () => {
    mount(['installation'])
    unmountServer()
    expect(readdirSync(places.work)).toEqual(['work'])
    rmSync(join(places.work, 'work'), { recursive: true })
    mount(['installation'])
  })
})

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

function openFiles(pid: number | undefined): string {
  return execFileSync('bash', ['-c', `readlink /proc/${pid}/fd/* || true`], { encoding: 'utf8' })
}

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 10))
}
