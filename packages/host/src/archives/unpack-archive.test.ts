import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packSevenZip, packVpk, packZip, type ZipEntry } from '@left4me/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { contentKindOf } from './content-kind.ts'
import { type UnpackOptions, unpackArchive } from './unpack-archive.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'left4me-unpack-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const limits = { files: 100, bytes: 200_000_000, ratio: 100 }
const vpk = packVpk([{ path: 'maps/a.bsp', content: Buffer.from('a') }])
const text = (path: string | Uint8Array, more: Partial<ZipEntry> = {}): ZipEntry => ({
  path,
  content: Buffer.from('x'),
  ...more,
})

async function unpack(archive: Buffer, options: Partial<UnpackOptions> = {}) {
  const path = join(folder, 'upload')
  const target = join(folder, 'target')
  await writeFile(path, archive)
  await mkdir(target, { recursive: true })
  const done = await unpackArchive(path, target, {
    limits,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...options,
  })
  return { ...done, target }
}

/** Nothing of a refused archive is left. */
async function refused(archive: Buffer, options: Partial<UnpackOptions> = {}) {
  const error: unknown = await unpack(archive, options).then(
    () => null,
    reason => reason,
  )
  expect(await readdir(join(folder, 'target'))).toEqual([])
  return expect(error)
}

describeWith(['root'], 'on a disk with too little room', () => {
  const small = async (check: () => Promise<void>) => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'left4me-test', folder])
    try {
      await check()
    } finally {
      execFileSync('umount', [folder])
    }
  }
  const zeros = (bytes: number) =>
    packZip([{ path: 'addons/a.bin', content: Buffer.alloc(bytes), deflated: true }])

  it('an archive that lists more than there is room for is not begun', () =>
    small(async () => {
      const refusal = await refused(zeros(8_200_000), { limits: { ...limits, ratio: 10_000 } })
      refusal.toMatchObject({
        code: 'disk-full',
        message: expect.stringMatching(/that needs 7\.8 MiB, and the disk has room for 7\.\d MiB/),
        remedy: expect.stringContaining('Free space'),
      })
    }))

  it('one that takes more than it lists ends with the disk full, not as a bad archive, and is gone', () =>
    small(async () => {
      // Each of them takes a whole block.
      const tiny = Array.from({ length: 3000 }, (_, at) => text(`addons/${at}.txt`))
      const refusal = await refused(packZip(tiny), { limits: { ...limits, files: 5000 } })
      refusal.toMatchObject({ code: 'disk-full', remedy: expect.stringContaining('Free space') })
    }))
})

describe('an archive', () => {
  it('in zip or 7z comes out the same', async () => {
    const files = [
      { path: 'left4dead2/cfg/server.cfg', content: Buffer.from('hostname x\n') },
      { path: 'left4dead2/addons/ä 地图.vpk', content: vpk },
    ]
    for (const archive of [
      packZip(files),
      packZip(files.map(file => ({ ...file, deflated: true }))),
      packSevenZip(files),
    ]) {
      const { files: done, target } = await unpack(archive)
      expect(done.map(file => file.path).sort()).toEqual([
        'left4dead2/addons/ä 地图.vpk',
        'left4dead2/cfg/server.cfg',
      ])
      expect((await readFile(join(target, 'left4dead2/addons/ä 地图.vpk'))).equals(vpk)).toBe(true)
      expect(await readdir(target)).toEqual(['left4dead2'])
      await rm(target, { recursive: true })
    }
  })

  it('gives files plain permissions, and keeps what makes a program one', async () => {
    const { target } = await unpack(
      packZip([text('addons/run.sh', { mode: 0o104777 }), text('addons/a.cfg', { mode: 0o100000 })]),
    )
    const modes = await Promise.all(
      ['run.sh', 'a.cfg'].map(
        async name => (await stat(join(target, 'left4dead2/addons', name))).mode & 0o7777,
      ),
    )
    expect(modes).toEqual([0o755, 0o644])
  })

  it('names what is left out', async () => {
    const { skipped } = await unpack(packZip([text('addons/a.vdf'), text('readme.txt')]))
    expect(skipped).toEqual([{ path: 'readme.txt', reason: expect.any(String) }])
  })

  it('of a thousand files is unpacked', async () => {
    const entries = Array.from({ length: 1000 }, (_, at) => text(`addons/x/${at}.txt`))
    const { files } = await unpack(packZip(entries), { limits: { ...limits, files: 1000 } })
    expect(files).toHaveLength(1000)
  })
})

describe('a hostile archive', () => {
  it.each<[string, ZipEntry, string]>([
    ['a name that leads out', text('../out.txt'), 'leads out'],
    ['an absolute name', text('/etc/passwd'), 'absolute'],
    ['a drive', text('C:/x.txt'), 'absolute'],
    ['a backslash', text('a\\b.txt'), 'backslash'],
    ['a control character', text('addons/\u0007.txt'), 'control'],
    ['a line end in a name', text('addons/a\nPath = b.txt'), 'control'],
    ['a link', text('addons/l', { mode: 0o120777, content: Buffer.from('/etc/passwd') }), 'link'],
    ['a FIFO', text('addons/f', { mode: 0o010644 }), 'link or a device'],
    ['a device', text('addons/d', { mode: 0o060644 }), 'link or a device'],
    ['a password', text('addons/p', { encrypted: true }), 'encrypted'],
  ])('with %s is refused', async (_what, entry, message) => {
    ;(await refused(packZip([text('addons/good.vdf'), entry]))).toMatchObject({
      code: 'archive-refused',
      message: expect.stringContaining(message),
    })
  })

  it('with names that are no UTF-8 brings nothing unreadable', async () => {
    ;(
      await refused(
        packZip([text(Buffer.from([0x61, 0x64, 0x64, 0x6f, 0x6e, 0x73, 0x2f, 0xff, 0xfe, 0x2e, 0x74]))]),
      )
    ).toMatchObject({
      code: 'archive-refused',
    })
  })

  it('with one name twice is refused, letter case aside', async () => {
    ;(await refused(packZip([text('addons/a.txt'), text('addons/A.txt')]))).toMatchObject({
      code: 'archive-refused',
    })
  })

  it('that unpacks to more than its size allows is refused, by what it says', async () => {
    const zeros = Buffer.alloc(100_000_000)
    ;(await refused(packZip([{ path: 'addons/a.bin', content: zeros, deflated: true }]))).toMatchObject({
      code: 'archive-refused',
      remedy: expect.stringContaining('trap'),
    })
  })

  it('that lies about it is stopped while it is written', async () => {
    const zeros = Buffer.alloc(100_000_000)
    ;(
      await refused(packZip([{ path: 'addons/a.bin', content: zeros, deflated: true, claimedBytes: 10 }]))
    ).toMatchObject({
      code: 'archive-refused',
    })
    // The negative control: with room for it the same content comes through.
    const { files } = await unpack(packZip([{ path: 'addons/a.bin', content: zeros, deflated: true }]), {
      limits: { ...limits, ratio: 2000 },
    })
    expect(files).toEqual([{ path: 'left4dead2/addons/a.bin', size: 100_000_000 }])
  })

  it('within an archive stays packed', async () => {
    const bomb = packZip([{ path: 'addons/a.bin', content: Buffer.alloc(1_000_000), deflated: true }])
    const { files, skipped } = await unpack(
      packZip([text('addons/a.vdf'), { path: 'addons/1.zip', content: bomb }]),
    )
    expect(files).toHaveLength(1)
    expect(skipped).toHaveLength(1)
  })

  it('with too many files is refused', async () => {
    ;(await refused(packZip(Array.from({ length: 101 }, (_, at) => text(`addons/${at}`))))).toMatchObject({
      code: 'archive-refused',
      message: expect.stringContaining('100 files'),
    })
  })

  it('that is cut off, damaged, of another kind or of no use is refused', async () => {
    const good = packSevenZip([{ path: 'addons/a.txt', content: Buffer.from('hello world') }])
    const damaged = Buffer.from(good)
    damaged.writeUInt8(0x55, 34)
    for (const archive of [
      good.subarray(0, good.length - 8),
      damaged,
      packZip([text('addons/a.txt')]).subarray(0, 60),
      Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'),
      Buffer.from('nothing'),
      packZip([]),
      packZip([text('readme.txt')]),
    ])
      (await refused(archive)).toMatchObject({ code: 'archive-refused' })
  })

  it('that takes too long is ended, and so is one that is cancelled', async () => {
    const archive = packZip([text('addons/a.txt')])
    ;(await refused(archive, { patience: { idleMs: 1, totalMs: 1 } })).toMatchObject({
      code: 'archive-refused',
      message: expect.stringContaining('too long'),
    })
    ;(await refused(archive, { signal: AbortSignal.abort() })).toMatchObject({ code: 'cancelled' })
  })
})

describe('the first bytes', () => {
  it.each<[string, Buffer]>([
    ['vpk', vpk],
    ['zip', packZip([text('a')])],
    ['zip', packZip([])],
    ['7z', packSevenZip([{ path: 'a', content: vpk }])],
    ['rar', Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1')],
    ['gzip', Buffer.from([0x1f, 0x8b, 8])],
    ['web-page', Buffer.from('\ufeff \n<!DOCTYPE html>')],
    ['other', Buffer.from('hostname x')],
    ['other', Buffer.alloc(0)],
  ])('tell a %s', async (kind, content) => {
    await writeFile(join(folder, 'file'), content)
    expect(await contentKindOf(join(folder, 'file'))).toBe(kind)
  })
})
