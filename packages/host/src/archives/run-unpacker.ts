import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { requireRoomFor } from '../files/disk-reserve.ts'
import { HostError } from '../host-error.ts'
import { Gate } from '../turns/gate.ts'
import type { UnpackerMessage, UnpackerTask } from './unpacker/messages.ts'

const program = fileURLToPath(import.meta.resolve('./unpacker/main.ts'))
const hostPackage = join(dirname(program), '..', '..', '..', 'package.json')
const keptErrorText = 2000

/** Milliseconds. */
export interface UnpackerPatience {
  /** Without a sign of progress. */
  readonly idleMs: number
  readonly totalMs: number
}

interface UnpackerOptions {
  readonly onProgress: (bytes: number, total: number) => void
  readonly signal: AbortSignal
  readonly patience: UnpackerPatience
}

export const defaultUnpackerPatience: UnpackerPatience = { idleMs: 120_000, totalMs: 3_600_000 }

/** Each takes as much as `memoryBytes`. */
const atOnce = new Gate(2)

/**
 * Runs the unpacker to its end, at most two at once in this process: what it refuses is thrown as `archive-refused`, and
 * so is being too slow; `disk-full` before anything is written when there is no room for what the archive lists. It is
 * killed when `signal` is aborted, and dies of its next word when we are gone.
 */
export function runUnpacker(task: UnpackerTask, options: UnpackerOptions): Promise<void> {
  return atOnce.pass(options.signal, () => runOne(task, options))
}

async function runOne(task: UnpackerTask, options: UnpackerOptions): Promise<void> {
  const { patience, signal } = options
  const files = join(task.folder, task.files)
  const child = spawn(
    process.execPath,
    [
      '--permission',
      `--allow-fs-read=${dirname(program)}/`,
      `--allow-fs-read=${hostPackage}`,
      `--allow-fs-read=${dirname(fileURLToPath(import.meta.resolve('7z-wasm')))}/`,
      `--allow-fs-read=${task.folder}/`,
      `--allow-fs-write=${files}/`,
      '--max-old-space-size=256',
      '--no-warnings',
      program,
      JSON.stringify(task),
    ],
    { cwd: task.folder, env: {}, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let outcome: UnpackerMessage | HostError | null = null
  let slow = false
  let errorText = ''
  const kill = () => void child.kill('SIGKILL')
  const tooSlow = () => {
    slow = true
    kill()
  }
  const idle = setTimeout(tooSlow, patience.idleMs)
  const total = setTimeout(tooSlow, patience.totalMs)
  signal.addEventListener('abort', kill, { once: true })
  if (signal.aborted) kill()
  child.stderr.on('data', (chunk: Buffer) => {
    errorText = `${errorText}${chunk.toString()}`.slice(-keptErrorText)
  })
  createInterface({ input: child.stdout }).on('line', line => {
    idle.refresh()
    const message = JSON.parse(line) as UnpackerMessage
    if (message.kind === 'progress') options.onProgress(message.bytes, message.total)
    else if (message.kind !== 'listed') outcome ??= message
    else
      try {
        requireRoomFor(files, message.bytes, 'The archive can’t be unpacked')
      } catch (error) {
        outcome = error as HostError
        kill()
      }
  })
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', () => resolve())
    })
  } finally {
    clearTimeout(idle)
    clearTimeout(total)
    signal.removeEventListener('abort', kill)
  }
  if (signal.aborted) throw new HostError('cancelled', 'Unpacking was cancelled.')
  throwUnlessDone(outcome, slow, errorText)
}

function throwUnlessDone(
  outcome: UnpackerMessage | HostError | null,
  slow: boolean,
  errorText: string,
): void {
  if (outcome instanceof HostError) throw outcome
  if (outcome?.kind === 'done') return
  if (outcome?.kind === 'refused')
    throw new HostError('archive-refused', outcome.message, { remedy: outcome.remedy })
  if (slow)
    throw new HostError('archive-refused', 'Unpacking the archive takes too long.', { remedy: 'Divide it.' })
  if (outcome?.kind === 'disk-full' || /ENOSPC|EDQUOT|no space left/i.test(errorText))
    throw new HostError('disk-full', 'The archive can’t be unpacked: the disk is full.', {
      remedy: 'Free space on the disk of the data directory: the disk page shows what can go.',
    })
  throw new HostError('archive-refused', 'The archive can’t be unpacked.', {
    remedy: 'Get it again; if that doesn’t help, pack it anew.',
    cause: new Error(errorText),
  })
}
