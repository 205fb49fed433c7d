import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempDisposableSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sum } from '../harness/statistics.ts'
import { allocatedBytes, allocatedBytesByEntry } from './disk-usage.ts'

test('counts as du does: sparse files, several links to one, folders, links', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'left4me-du-'))
  const at = (...parts: string[]) => join(folder.path, ...parts)
  mkdirSync(at('a', 'b'), { recursive: true })
  writeFileSync(at('a', 'full'), 'x'.repeat(100_000))
  writeFileSync(at('a', 'b', 'sparse'), '')
  truncateSync(at('a', 'b', 'sparse'), 50_000_000)
  linkSync(at('a', 'full'), at('a', 'b', 'again'))
  symlinkSync('full', at('a', 'link'))
  const du = Number(execFileSync('du', ['-s', '-B1', folder.path], { encoding: 'utf8' }).split('\t')[0])
  expect(du).toBeGreaterThan(100_000)
  expect(await allocatedBytes(folder.path)).toBe(du)
  const entries = await allocatedBytesByEntry(folder.path)
  expect([...entries.keys()]).toEqual(['.', 'a'])
  expect(sum([...entries.values()])).toBe(du)
})
