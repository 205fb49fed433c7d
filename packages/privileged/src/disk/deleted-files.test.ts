import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { measureDeletedFiles } from './deleted-files.ts'

let folder: string
let group: string
let devices: ReadonlySet<bigint>

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'left4me-deleted-'))
  // Stands for a control group: this process is in it.
  group = join(folder, 'group')
  mkdirSync(group)
  writeFileSync(join(group, 'cgroup.procs'), `${process.pid}\n999999999\n`)
  devices = new Set([statSync(folder, { bigint: true }).dev])
})
afterEach(() => rmSync(folder, { recursive: true }))

it('what was deleted and is still open counts once, by what it takes on the disk', () => {
  const path = join(folder, 'demo')
  const descriptors = [openSync(path, 'w'), openSync(path, 'r')]
  writeSync(descriptors[0] ?? 0, Buffer.alloc(300_000, 1))
  expect(measureDeletedFiles(group, devices, 0).bytes).toBe(0)
  rmSync(path)
  const { bytes, changed } = measureDeletedFiles(group, devices, 0)
  expect(bytes).toBeGreaterThanOrEqual(300_000)
  expect(bytes).toBeLessThan(400_000)
  expect(changed).toBe(bytes)
  expect(measureDeletedFiles(group, devices, Date.now() + 60_000)).toMatchObject({ bytes, changed: 0 })
  expect(measureDeletedFiles(group, new Set(), 0).bytes).toBe(0)
  for (const descriptor of descriptors) closeSync(descriptor)
  expect(measureDeletedFiles(group, devices, 0).bytes).toBe(0)
})

it('a control group that is gone has none', () => {
  expect(measureDeletedFiles(join(folder, 'gone'), devices, 0)).toEqual({
    bytes: 0,
    changed: 0,
    tooMany: false,
  })
})

it('more open files than can be looked at in time are said to be too many', () => {
  const own = readdirSync('/proc/self/fd').length + readdirSync('/proc/self/map_files').length
  /** As if the group had so many processes, each with this one's files. */
  const ofProcesses = (count: number) => {
    writeFileSync(join(group, 'cgroup.procs'), `${process.pid}\n`.repeat(count))
    return measureDeletedFiles(group, devices, 0).tooMany
  }
  expect(ofProcesses(10)).toBe(false)
  expect(ofProcesses(Math.ceil(120_000 / own))).toBe(true)
  // However many there are: it doesn't look at the rest.
  expect(ofProcesses(300_000)).toBe(true)
})
