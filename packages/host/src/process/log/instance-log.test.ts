import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogLine } from '../../host.ts'
import { defaultLogLimits, InstanceLog, type LogLimits } from './instance-log.ts'
import { listLogFiles, readRange, readTail } from './log-files.ts'

describe('the log of an instance', () => {
  let root: string
  let folder: string
  let seen: LogLine[]

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-log-'))
    folder = join(root, 'log')
    seen = []
  })

  afterEach(() => rm(root, { recursive: true }))

  const open = (limits: LogLimits = defaultLogLimits) =>
    InstanceLog.open(folder, limits, lines => seen.push(...lines))
  const texts = async (count = 100_000) => (await readTail(folder, count)).map(({ text }) => text)

  async function range(after: number, last: number): Promise<number[]> {
    const sequences: number[] = []
    for await (const lines of readRange(folder, after, last))
      sequences.push(...lines.map(line => line.sequence))
    return sequences
  }

  it('numbers lines from 1 and hands them on once they are written', async () => {
    await using log = disposable(await open())
    log.append(['a', 'b'])
    log.append(['', 'with  blanks '])
    await log.flush()
    expect(seen.map(({ sequence, text }) => [sequence, text])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, ''],
      [4, 'with  blanks '],
    ])
    expect(await readTail(folder, 10)).toEqual(seen)
    expect(await readTail(folder, 2)).toEqual(seen.slice(2))
    expect(await readTail(folder, 0)).toEqual([])
  })

  it('goes on counting after it was opened anew', async () => {
    const first = await open()
    first.append(['a'])
    await first.close()
    const second = await open()
    second.append(['b'])
    await second.close()
    expect(seen.map(({ sequence }) => sequence)).toEqual([1, 2])
    expect(await readdir(folder)).toHaveLength(1)
  })

  it('drops a last line that a crash has cut, and only that', async () => {
    const first = await open()
    first.append(['a', 'b'])
    await first.close()
    const [file] = await listLogFiles(folder)
    await appendFile(file?.path ?? '', '3 1700000000000 half a li')
    expect(await texts()).toEqual(['a', 'b'])
    const second = await open()
    second.append(['c'])
    await second.close()
    expect(await texts()).toEqual(['a', 'b', 'c'])
    expect(seen.at(-1)?.sequence).toBe(3)
  })

  it('begins a new file at the size limit and keeps so many', async () => {
    await using log = disposable(await open({ fileBytes: 1024, files: 3 }))
    for (let batch = 0; batch < 100; batch++) {
      log.append([`line ${batch} ${'x'.repeat(100)}`])
      await log.flush()
    }
    const files = await listLogFiles(folder)
    expect(files).toHaveLength(3)
    let bytes = 0
    for (const { path } of files) bytes += (await stat(path)).size
    expect(bytes).toBeLessThan(3 * (1024 + 200))
    const kept = await readTail(folder, 1000)
    expect(kept.at(-1)?.sequence).toBe(100)
    expect(kept.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: kept.length }, (_, index) => 101 - kept.length + index),
    )
  })

  it('reads any range across files', async () => {
    await using log = disposable(await open({ fileBytes: 256, files: 1000 }))
    for (let batch = 0; batch < 50; batch++) {
      log.append(['one', 'two'])
      await log.flush()
    }
    expect(await range(0, 100)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    expect(await range(41, 45)).toEqual([42, 43, 44, 45])
    expect(await range(99, 1000)).toEqual([100])
    expect(await range(100, 100)).toEqual([])
    expect(await range(500, 1000)).toEqual([])
  })

  it('writes many lines at once as one batch, none lost', async () => {
    await using log = disposable(await open())
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}`)
    for (const line of lines) log.append([line])
    expect(log.backlog).toBeGreaterThan(0)
    await log.flush()
    expect(log.backlog).toBe(0)
    expect(await texts()).toEqual(lines)
    expect(await texts(3)).toEqual(lines.slice(-3))
  })

  it('hands lines on also when they can not be written, and says so later, without giving a number twice', async () => {
    // A file where the folder belongs does what a full disk does: nothing can be written.
    const broken = await InstanceLog.open(join(root, 'none', 'log'), defaultLogLimits, lines =>
      seen.push(...lines),
    )
    await writeFile(join(root, 'none'), '')
    broken.append(['lost'])
    await broken.flush()
    expect(seen.map(({ text }) => text)).toEqual(['lost'])
    await rm(join(root, 'none'))
    broken.append(['kept'])
    await broken.close()
    expect(await readTail(join(root, 'none', 'log'), 10)).toMatchObject([
      { sequence: 2, text: 'left4me: 1 lines before this one could not be written. kept' },
    ])
  })

  it('passes over what is no line of its own', async () => {
    const log = await open()
    log.append(['a'])
    await log.close()
    const [file] = await listLogFiles(folder)
    await appendFile(file?.path ?? '', 'not a line\n2 5 b\n')
    await writeFile(join(folder, 'foreign.txt'), 'x')
    expect(await texts()).toEqual(['a', 'b'])
    expect(await range(0, 10)).toEqual([1, 2])
  })

  it('counts on from the name of a file that has lost its lines', async () => {
    const log = await open({ fileBytes: 1, files: 10 })
    log.append(['a'])
    await log.flush()
    log.append(['b'])
    await log.close()
    const files = await listLogFiles(folder)
    expect(files.map(({ first }) => first)).toEqual([1, 2])
    await truncate(files[1]?.path ?? '', 0)
    await rm(files[0]?.path ?? '')
    const again = await open()
    again.append(['c'])
    await again.close()
    expect(seen.at(-1)).toMatchObject({ sequence: 2, text: 'c' })
    expect(await readFile(files[1]?.path ?? '', 'utf8')).toMatch(/^2 \d+ c\n$/)
  })
})

function disposable(log: InstanceLog): InstanceLog & AsyncDisposable {
  return Object.assign(log, { [Symbol.asyncDispose]: () => log.close() })
}
