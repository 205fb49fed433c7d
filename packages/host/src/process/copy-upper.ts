import { lstat, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'
import type { Layout } from '../layout.ts'
import { spawnConfined } from './confined-program.ts'
import type { Programs } from './supervisor/configuration.ts'

const script = join(import.meta.dirname, 'copy-upper.sh')

/**
 * Copies beside the target's upper and puts it in place at the end: after a failure the target is as it was. The target
 * must be kept from starting meanwhile.
 */
export async function copyUpper(options: {
  readonly layout: Layout
  readonly programs: Programs
  readonly fromInstanceId: number
  readonly toInstanceId: number
  readonly signal: AbortSignal
}): Promise<void> {
  const { layout, programs, signal } = options
  const from = layout.runtimeOf(options.fromInstanceId)
  const to = layout.runtimeOf(options.toInstanceId)
  const copy = join(to.folder, 'upper-copy')
  if (!(await lstat(from.upper).catch(() => null))?.isDirectory()) return
  await mkdir(to.folder, { recursive: true, mode: 0o700 })
  await removeTree(copy)
  await mkdir(copy, { mode: 0o755 })
  try {
    await runCopy(programs, from.upper, copy, signal)
    await removeTree(to.upper)
    await rename(copy, to.upper)
  } catch (error) {
    await removeTree(copy)
    throw error
  }
}

async function runCopy(programs: Programs, from: string, to: string, signal: AbortSignal): Promise<void> {
  let said = ''
  const run = spawnConfined({
    programs,
    mounts: true,
    command: [programs.shell, script, programs.mount, from, to],
    folder: to,
    environment: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C.UTF-8' },
    onOutput: chunk => {
      said = (said + chunk.toString('utf8')).slice(-2000)
    },
  })
  const cancel = () => run.kill()
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  const status = await run.exited.finally(() => signal.removeEventListener('abort', cancel))
  if (signal.aborted) throw new HostError('cancelled', "Copying the server's files was cancelled.")
  if (status === 0) return
  if (/No space left|quota exceeded/i.test(said))
    throw new HostError('disk-full', "The server's files could not be copied: the disk is full.", {
      remedy: 'Free space on the disk of the data directory.',
    })
  throw new HostError('file-refused', `The server's files could not be copied. ${said.trim()}`.trim())
}
