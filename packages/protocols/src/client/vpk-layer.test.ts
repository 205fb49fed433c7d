import { mkdir, mkdtempDisposable, open, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { inspectLayer } from '../content/preflight/inspect-layer.ts'
import type { LayerSource } from '../content/preflight/layer-source.ts'
import { mission } from '../testing/memory-layer.ts'
import { buildVpk } from '../testing/vpk-builder.ts'
import { VpkFile } from './vpk-file.ts'

/** A folder on the disk, read as plainly as possible. */
async function folderSource(root: string): Promise<LayerSource> {
  const names = await readdir(root, { recursive: true, withFileTypes: true })
  const files = await Promise.all(
    names
      .filter(entry => entry.isFile())
      .map(async entry => {
        const path = join(entry.parentPath, entry.name)
        const { size, mode } = await stat(path)
        return { path: path.slice(root.length + 1), size, mode: mode & 0o7777 }
      }),
  )
  return {
    files,
    openVpk: path => VpkFile.open(join(root, path)),
    async readStart(path, maxBytes) {
      const handle = await open(join(root, path))
      try {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(maxBytes), 0, maxBytes, 0)
        return buffer.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    },
  }
}

test('a layer on the disk is inspected through VPKs of the file system, sets of archives included', async () => {
  await using temporary = await mkdtempDisposable(join(tmpdir(), 'left4me-layer-'))
  const put = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(temporary.path, path)), { recursive: true })
    await writeFile(join(temporary.path, path), content)
  }
  const text = mission('dark', ['dark_1'])
  const map = 'x'.repeat(3_000_000)
  const single = buildVpk([
    { path: 'missions/dark.txt', content: text, crc32: crc32(text) },
    { path: 'maps/dark_1.bsp', content: map, preload: 3, crc32: crc32(map) },
  ])
  const set = buildVpk([{ path: 'scripts/a.txt', content: 'abc', archive: 2, crc32: crc32('abd') }])
  await put('left4dead2/addons/123456789.vpk', single.directory)
  await put('left4dead2/addons/set_dir.vpk', set.directory)
  await put('left4dead2/addons/set_002.vpk', set.archives.get(2) ?? '')
  await put('left4dead2/addons/fake.vpk', Buffer.from('504b030400000000', 'hex'))
  const { index, findings, checkedBytes } = await inspectLayer(await folderSource(temporary.path), {
    kind: 'overlay',
    checksumBytes: 100_000_000,
  })
  expect(findings.map(({ code, path }) => `${code} ${path}`)).toEqual([
    'vpk-disguised left4dead2/addons/fake.vpk',
    'vpk-checksum left4dead2/addons/set_dir.vpk',
  ])
  expect(checkedBytes).toBe(text.length + map.length + 3)
  expect(index.vpks.map(({ path, contents }) => [path, contents.length])).toEqual([
    ['left4dead2/addons/123456789.vpk', 2],
    ['left4dead2/addons/fake.vpk', 0],
    ['left4dead2/addons/set_dir.vpk', 1],
  ])
})
