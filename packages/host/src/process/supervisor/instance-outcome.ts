import type { InstanceReason, InstanceStatus } from '../../host.ts'
import { HostError } from '../../host-error.ts'
import { signalName } from './signal-name.ts'

/** Shells count an end by signal N as 128 + N. */
export function exitOf(status: number | null): InstanceStatus['lastExit'] {
  const at = Date.now()
  if (status === null) return { code: null, signal: null, at }
  if (status > 128 && status <= 128 + 64) return { code: null, signal: signalName(status - 128), at }
  return { code: status, signal: null, at }
}

export function reasonOf(error: unknown): InstanceReason {
  const known = diskFull(error) ?? error
  if (!(known instanceof HostError)) return { code: 'crashed', message: String(known), remedy: null }
  const codes: Partial<Record<HostError['code'], InstanceReason['code']>> = {
    'not-installed': 'program-missing',
    'layer-missing': 'mount-failed',
    'mount-failed': 'mount-failed',
    'disk-full': 'disk-limit',
  }
  return { code: codes[known.code] ?? 'crashed', message: known.message, remedy: known.remedy }
}

export function diskFull(error: unknown): HostError | null {
  const code = (error as NodeJS.ErrnoException).code
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return null
  return new HostError('disk-full', 'The disk of the data directory is full.', {
    remedy: 'Free space on it, then start the server again.',
    cause: error,
  })
}
