import { mkdirSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { judgeListing, memoryBytes, mostBytes, type Refusal, tooLarge } from './judge-listing.ts'
import { ListingReader } from './listing.ts'
import type { UnpackerMessage, UnpackerTask } from './messages.ts'
import { DiskFullError, runSevenZip } from './seven-zip.ts'

/*
 * A program of its own, because an archive is hostile and unpacking it takes memory and time: it can be killed, and Node's
 * permission model lets it read and write nothing but the folder of its task (nodejs.org/api/permissions.html).
 */

class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** As much of it as is needed here: the types of Node don't have it. */
declare const WebAssembly: {
  readonly Memory: {
    readonly prototype: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  }
}

const progressStep = 4 * 1024 * 1024
const page = 65_536

async function main(task: UnpackerTask): Promise<void> {
  limitMemory()
  const packed = statSync(join(task.folder, task.archive)).size
  const reader = new ListingReader(task.limits.files * 2)
  const listed = await runSevenZip({
    folder: task.folder,
    arguments: ['l', '-slt', '-sccUTF-8', '-p', '-bd', `-t${task.kind}`, '--', task.archive],
    onLine: line => reader.line(line),
    onWrite: () => undefined,
  })
  if (listed.failed) throw new Refused(complaint(listed.output))
  const listing = reader.end()
  const wrong = judgeListing(listing, packed, task.limits)
  if (wrong) throw new Refused(wrong)
  const total = listing.entries.reduce((sum, entry) => sum + (entry.size ?? 0), 0)
  say({ kind: 'listed', bytes: total })
  const most = mostBytes(packed, task.limits)
  let written = 0
  let told = 0
  mkdirSync(join(task.folder, task.files), { recursive: true, mode: 0o755 })
  const unpacked = await runSevenZip({
    folder: task.folder,
    arguments: ['x', '-y', '-p', '-bd', '-bso0', `-t${task.kind}`, `-o${task.files}`, '--', task.archive],
    onLine: () => undefined,
    onWrite: bytes => {
      written += bytes
      if (written > most) throw new Refused(tooLarge(packed, task.limits))
      if (written - told < progressStep) return
      told = written
      say({ kind: 'progress', bytes: written, total })
    },
  })
  if (unpacked.failed) throw new Refused(complaint(unpacked.output))
  say({ kind: 'done' })
}

/** The instance may grow to 2 GiB by itself. */
function limitMemory(): void {
  const { prototype } = WebAssembly.Memory
  const { grow } = prototype
  prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * page > memoryBytes) throw new RangeError('too much memory')
    return grow.call(this, pages)
  }
}

function complaint(output: readonly string[]): Refusal {
  const text = output.join('\n')
  if (/encrypted|password/i.test(text))
    return { message: 'The archive is encrypted.', remedy: 'Unpack it and pack it again without a password.' }
  if (/unsupported method/i.test(text))
    return {
      message: 'The archive is packed in a way that isn’t known.',
      remedy: 'Pack it as a plain zip or 7z.',
    }
  if (/memory/i.test(text))
    return {
      message: 'Unpacking the archive takes too much memory.',
      remedy: 'Pack it with a dictionary of 64 MB or less.',
    }
  if (/missing volume|unavailable start|split/i.test(text))
    return { message: 'The archive is one of several parts.', remedy: 'Pack it as one file.' }
  const detail = output.findLast(line => /error|wrong|unexpected|can't/i.test(line))
  return {
    message: `The archive is damaged${detail === undefined ? '' : ` (${detail.trim().slice(0, 200)})`}.`,
    remedy: 'Get it again.',
  }
}

/** At once: nothing else runs while 7-Zip does. Fails when nobody reads any more, which ends the program. */
function say(message: UnpackerMessage): void {
  writeSync(1, `${JSON.stringify(message)}\n`)
}

try {
  await main(JSON.parse(process.argv[2] ?? '') as UnpackerTask)
} catch (error) {
  if (error instanceof Refused) say({ kind: 'refused', ...error.refusal })
  else if (error instanceof DiskFullError) say({ kind: 'disk-full' })
  else throw error
}
