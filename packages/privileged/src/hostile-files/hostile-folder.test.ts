import { execFileSync } from 'node:child_process'
import {
  chownSync,
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { swapForever } from '../../../../tools/test-support/swap-forever.ts'
import { serviceUserId } from '../host-paths.ts'
import { openTemporaryHost, type TemporaryHost } from '../testing/temporary-host.ts'
import { HostileFileError, HostileFolder } from './hostile-folder.ts'
import { readHostileFile, readHostileText } from './read-hostile-file.ts'

describeWith(['root'], 'a file that the service user may have made', () => {
  let host: TemporaryHost
  let folder: string
  let file: string
  let secret: string

  beforeEach(() => {
    host = openTemporaryHost()
    folder = host.serviceFolder('instances/1')
    file = join(folder, 'instance.env')
    secret = join(host.paths.configuration, 'web.env')
    writeFileSync(secret, 'SECRET=1', { mode: 0o600 })
  })
  afterEach(() => host[Symbol.dispose]())

  const read = (maxBytes = 100): string => {
    using root = HostileFolder.openTrusted(host.paths.root)
    using inner = root.open(['instances', '1'])
    return readHostileText(inner, 'instance.env', maxBytes)
  }
  const write = (text: string | Buffer): void => {
    writeFileSync(file, text)
    chownSync(file, serviceUserId, serviceUserId)
  }

  it('is read when it is a plain one', () => {
    write('hello')
    expect(read()).toBe('hello')
    expect(read(5)).toBe('hello')
  })

  it('may be empty', () => {
    write('')
    expect(read()).toBe('')
  })

  it('is refused as a link, which a path would follow', () => {
    symlinkSync(secret, file)
    expect(() => read()).toThrow('instance.env is a link')
    expect(readFileSync(file, 'utf8')).toBe('SECRET=1')
  })

  it('is refused as a link to nothing', () => {
    symlinkSync('/nothing', file)
    expect(() => read()).toThrow('is a link')
  })

  it('is refused as a FIFO, without waiting for a writer', () => {
    execFileSync('mkfifo', [file])
    expect(() => read()).toThrow("isn't a plain file")
    // Opened as any reader would, it makes the reader wait.
    expect(() => execFileSync('cat', [file], { timeout: 300, stdio: 'pipe' })).toThrow('ETIMEDOUT')
  })

  it('is refused as a folder, a device and a socket', async () => {
    mkdirSync(file)
    expect(() => read()).toThrow("isn't a plain file")
    execFileSync('rmdir', [file])
    execFileSync('mknod', [file, 'c', '1', '5'])
    expect(() => read()).toThrow("isn't a plain file")
    execFileSync('rm', [file])
    const server = createServer().listen(file)
    await new Promise(resolve => server.once('listening', resolve))
    expect(() => read()).toThrow("isn't a plain file")
    await new Promise(resolve => server.close(resolve))
  })

  it("is refused when it is another name of somebody's file", () => {
    linkSync(secret, file)
    expect(() => read()).toThrow('has more than one name')
    expect(readFileSync(file, 'utf8')).toBe('SECRET=1')
  })

  it('is refused when it belongs to a third user', () => {
    write('hello')
    chownSync(file, 1234, 1234)
    expect(() => read()).toThrow('belongs neither to root nor to the service user')
  })

  it('is refused when it is larger than allowed, also when it takes no room on the disk', () => {
    write('x'.repeat(101))
    expect(() => read()).toThrow('has more than 100 bytes')
    truncateSync(file, 10 * 1024 ** 4)
    expect(() => read()).toThrow('has more than 100 bytes')
  })

  it('is refused when it is no text', () => {
    write(Buffer.from([0x61, 0xff, 0xfe]))
    expect(() => read()).toThrow("isn't text in UTF-8")
  })

  it('is said to be missing when it, or its folder, is', () => {
    expect(() => read()).toThrow(expect.objectContaining({ missing: true }))
    execFileSync('rmdir', [folder])
    expect(() => read()).toThrow(expect.objectContaining({ missing: true }))
  })

  it.each(['instances', 'instances/1'])('is refused when %s on the way is a link', component => {
    write('hello')
    const elsewhere = join(host.paths.configuration, 'copy')
    execFileSync('cp', ['-a', join(host.paths.root, component), elsewhere])
    execFileSync('rm', ['-r', join(host.paths.root, component)])
    symlinkSync(elsewhere, join(host.paths.root, component))
    expect(() => read()).toThrow(HostileFileError)
    expect(readFileSync(file, 'utf8')).toBe('hello')
  })

  it('is refused when a folder on the way belongs to a third user', () => {
    write('hello')
    chownSync(folder, 1234, 1234)
    expect(() => read()).toThrow('belongs neither')
  })

  it.each(['..', '.', '', 'a/b'])('has a name of its own, not %j', name => {
    using root = HostileFolder.openTrusted(host.paths.root)
    expect(() => root.open([name])).toThrow(RangeError)
    expect(() => readHostileFile(root, name, 10)).toThrow(RangeError)
  })

  it('leaves no descriptor open, whatever was refused', () => {
    const openBelowRoot = () =>
      readdirSync('/proc/self/fd').flatMap(descriptor => {
        try {
          const place = readlinkSync(`/proc/self/fd/${descriptor}`)
          return place.startsWith(host.paths.root) ? place : []
        } catch {
          return []
        }
      })
    write('hello')
    symlinkSync(secret, join(folder, 'link'))
    for (let round = 0; round < 50; round++) {
      read()
      expect(() => read(1)).toThrow()
      using root = HostileFolder.openTrusted(host.paths.root)
      expect(() => root.open(['instances', '1', 'link'])).toThrow()
      expect(() => root.open(['instances', '1', 'instance.env'])).toThrow()
    }
    expect(openBelowRoot()).toEqual([])
    using root = HostileFolder.openTrusted(host.paths.root)
    expect(openBelowRoot()).toEqual([root.path])
  })

  it('is never one behind a link, however fast the service user swaps a folder for one', async () => {
    const revision = host.serviceFolder('overlays/7/revisions/3')
    const secretFolder = join(host.paths.configuration, 'secret')
    mkdirSync(join(secretFolder, '3'), { recursive: true })
    symlinkSync(secretFolder, join(host.paths.overlays, '7/link'))
    const wanted = statSync(revision).ino
    const forbidden = statSync(join(secretFolder, '3')).ino
    await using _swap = await swapForever(
      join(host.paths.overlays, '7/revisions'),
      join(host.paths.overlays, '7/link'),
    )
    using root = HostileFolder.openTrusted(host.paths.root)
    const opened = { walked: new Set<number>(), byPath: new Set<number>() }
    for (let round = 0; round < 1_000_000 && opened.byPath.size < 2; round++) {
      try {
        using layer = root.open(['overlays', '7', 'revisions', '3'])
        opened.walked.add(fstatSync(layer.descriptor).ino)
      } catch (error) {
        expect(error).toBeInstanceOf(HostileFileError)
      }
      if (opened.walked.size === 0 || round < 2000) continue
      // The guard off: the same moment, by path.
      try {
        const descriptor = openSync(revision, 'r')
        opened.byPath.add(fstatSync(descriptor).ino)
        closeSync(descriptor)
      } catch {
        // Absent at that moment.
      }
    }
    expect([...opened.walked]).toEqual([wanted])
    expect(opened.byPath).toEqual(new Set([wanted, forbidden]))
  })
})
