import type { ArchiveListing } from './listing.ts'

export interface UnpackerLimits {
  readonly files: number
  readonly bytes: number
  readonly ratio: number
}

export interface Refusal {
  readonly message: string
  readonly remedy: string
}

/** Memory that unpacking may take, and with it the largest dictionary. 7-Zip's “ultra” uses 64 MiB. */
export const memoryBytes = 512 * 1024 * 1024
/** Small archives of text may be packed better than any ratio allows: so much is all right at any rate. */
const alwaysAllowed = 16 * 1024 * 1024

/** Bytes that may come out of an archive of `packed` bytes. */
export function mostBytes(packed: number, limits: UnpackerLimits): number {
  return Math.min(limits.bytes, Math.max(alwaysAllowed, Math.ceil(packed * limits.ratio)))
}

/** What speaks against unpacking; null when nothing does. Sizes are the archive's own claims: they are counted again while it is unpacked. */
export function judgeListing(
  listing: ArchiveListing,
  packed: number,
  limits: UnpackerLimits,
): Refusal | null {
  const { entries, dictionaryBytes } = listing
  const encrypted = entries.find(entry => entry.encrypted)
  if (encrypted)
    return {
      message: `The archive is encrypted (${shown(encrypted.path)}).`,
      remedy: 'Unpack it and pack it again without a password.',
    }
  const special = entries.find(entry => entry.special)
  if (special)
    return {
      message: `${shown(special.path)} in the archive is a link or a device.`,
      remedy: 'Pack the files themselves.',
    }
  for (const { path } of entries) {
    const wrong = whatIsWrong(path)
    if (wrong)
      return {
        message: `The archive has a name that ${wrong}: ${shown(path)}.`,
        remedy: 'Distrust it; pack it anew if you know what is in it.',
      }
  }
  const files = entries.filter(entry => !entry.folder)
  if (files.length > limits.files)
    return { message: `The archive has more than ${limits.files} files.`, remedy: 'Divide it.' }
  const seen = new Set<string>()
  for (const { path } of files) {
    const key = path.toLowerCase()
    if (seen.has(key))
      return {
        message: `The archive has ${shown(path)} twice, letter case aside.`,
        remedy: 'Leave one of them out.',
      }
    seen.add(key)
  }
  const total = files.reduce((sum, entry) => sum + (entry.size ?? 0), 0)
  if (total > mostBytes(packed, limits)) return tooLarge(packed, limits)
  if (dictionaryBytes > memoryBytes / 2)
    return {
      message: 'Unpacking the archive takes too much memory.',
      remedy: 'Pack it with a dictionary of 64 MB or less.',
    }
  return null
}

export function tooLarge(packed: number, limits: UnpackerLimits): Refusal {
  const most = mostBytes(packed, limits)
  return {
    message: `What is in the archive has more than ${most} bytes.`,
    remedy:
      most < limits.bytes
        ? `It unpacks to more than ${limits.ratio} times its size, which looks like a trap. Upload its files by themselves.`
        : 'Divide it.',
  }
}

function whatIsWrong(path: string): string | null {
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'is absolute'
  if (path.split(/[/\\]/).includes('..')) return 'leads out of it'
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has control characters'
  if (path.includes('\\')) return 'has a backslash'
  if (!path.isWellFormed() || path.includes('\ufffd')) return 'is no Unicode'
  return null
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 200))
}
