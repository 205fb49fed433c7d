import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogLine } from '../../host.ts'

/**
 * An instance's log on disk: files named after the sequence of their first line, `SEQUENCE TIME TEXT\n` each line.
 * A file is only ever appended to or deleted, never renamed or rewritten, so that readers need no lock.
 */
export interface LogFile {
  readonly path: string
  readonly first: number
}

const suffix = '.log'

export function logFileName(first: number): string {
  return `${String(first).padStart(16, '0')}${suffix}`
}

/** Oldest first; empty when there is no log yet. */
export async function listLogFiles(folder: string): Promise<LogFile[]> {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names
    .filter(name => /^\d{16}\.log$/.test(name))
    .sort()
    .map(name => ({ path: join(folder, name), first: Number(name.slice(0, -suffix.length)) }))
}

export function formatLine(line: LogLine): string {
  return `${line.sequence} ${line.time} ${line.text}\n`
}

/** null for what isn't a whole line of ours. */
function parseLine(text: string): LogLine | null {
  const match = /^(\d{1,16}) (\d{1,16}) (.*)$/.exec(text)
  if (!match) return null
  return { sequence: Number(match[1]), time: Number(match[2]), text: match[3] ?? '' }
}

const blockSize = 64 * 1024

/** The last `count` lines, oldest first. Reads from the end, so that its cost doesn't grow with the log. */
export async function readTail(folder: string, count: number): Promise<LogLine[]> {
  const collected: LogLine[] = []
  for (const file of (await listLogFiles(folder)).reverse()) {
    if (collected.length >= count) break
    const lines = await readFileTail(file.path, count - collected.length)
    collected.unshift(...lines)
  }
  return collected
}

async function readFileTail(path: string, count: number): Promise<LogLine[]> {
  await using handle = await openIfThere(path)
  if (!handle) return []
  let position = (await handle.stat()).size
  let text = Buffer.alloc(0)
  while (position > 0) {
    const length = Math.min(blockSize, position)
    position -= length
    const block = Buffer.alloc(length)
    const { bytesRead } = await handle.read(block, 0, length, position)
    text = Buffer.concat([block.subarray(0, bytesRead), text])
    if (countLines(text) > count) break
  }
  const rows = text.toString('utf8').split('\n')
  // What follows the last newline is being written; what precedes the first may be cut.
  rows.pop()
  if (position > 0) rows.shift()
  return rows.slice(-count).flatMap(row => parseLine(row) ?? [])
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}

/** Lines with `after < sequence <= last`, in order, in batches. Files that are deleted meanwhile are passed over. */
export async function* readRange(folder: string, after: number, last: number): AsyncGenerator<LogLine[]> {
  if (last <= after) return
  const files = await listLogFiles(folder)
  for (const [index, file] of files.entries()) {
    const next = files[index + 1]
    if (next && next.first <= after + 1) continue
    if (file.first > last) return
    for await (const lines of readFileLines(file.path)) {
      const wanted = lines.filter(line => line.sequence > after && line.sequence <= last)
      if (wanted.length > 0) yield wanted
      if ((lines.at(-1)?.sequence ?? 0) >= last) return
    }
  }
}

async function* readFileLines(path: string): AsyncGenerator<LogLine[]> {
  await using handle = await openIfThere(path)
  if (!handle) return
  const block = Buffer.alloc(blockSize * 4)
  let held = Buffer.alloc(0)
  for (;;) {
    const { bytesRead } = await handle.read(block, 0, block.length, null)
    if (bytesRead === 0) return
    const text = Buffer.concat([held, block.subarray(0, bytesRead)])
    const end = text.lastIndexOf(10)
    held = text.subarray(end + 1)
    if (end < 0) continue
    yield text
      .toString('utf8', 0, end)
      .split('\n')
      .flatMap(row => parseLine(row) ?? [])
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
