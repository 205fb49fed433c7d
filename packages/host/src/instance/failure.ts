import { isDiskFull } from '../files/full-disk.ts'
import type { InstanceReason } from '../host.ts'
import { HostError } from '../host-error.ts'

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
  if (!isDiskFull(error)) return null
  return new HostError('disk-full', 'The disk of the data directory is full.', {
    remedy: 'Free space on it, then start the server again.',
    cause: error,
  })
}
