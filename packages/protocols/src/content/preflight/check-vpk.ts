import { crc32 } from 'node:zlib'
import { ProtocolError } from '../../protocol-error.ts'
import { isSafeVpkPath } from '../../vpk/tree.ts'
import type { ReadableVpk } from '../addon/readable-vpk.ts'
import { isMountedVpk, isSetArchive } from '../game-path.ts'
import { printablePath } from '../printable-path.ts'
import { mostFiles } from './check-names.ts'
import type { Findings } from './finding.ts'

const chunkBytes = 1024 * 1024

/** How much content may still be compared with its checksum, and what was. */
export class ChecksumBudget {
  #left: number
  #compared = 0

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** Bytes that were compared. */
  get compared(): number {
    return this.#compared
  }

  /** Whether so many bytes may be read; they count as read then. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    this.#compared += bytes
    return true
  }
}

/** By its name alone. */
export function checkVpkName(path: string, findings: Findings): void {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (!isMountedVpk(path))
    findings.add('vpk-not-mounted', path, 'The server doesn’t look for VPKs in this folder.')
  // https://github.com/ValveSoftware/Source-1-Games/issues/1632
  else if (name.slice(0, -'.vpk'.length).includes('.'))
    findings.add('vpk-name-has-dots', path, `“${name}” has a dot before the one of its ending.`)
}

/** What its list of files says. Returns whether all of its archives are there. */
export function checkVpkTree(
  path: string,
  vpk: ReadableVpk,
  paths: ReadonlySet<string>,
  findings: Findings,
): boolean {
  const { entries, duplicates } = vpk
  if (entries.length === 0) findings.add('vpk-empty', path, 'There is no file in it.')
  if (entries.length + duplicates > mostFiles)
    findings.add('vpk-too-many-files', path, `It lists ${entries.length + duplicates} files.`)
  const unsafe = entries.filter(entry => !isSafeVpkPath(entry.path))
  if (unsafe.length > 0)
    findings.add(
      'vpk-unsafe-paths',
      path,
      `${unsafe.length} of its names point elsewhere, such as “${printablePath(unsafe[0]?.path ?? '')}”.`,
    )
  return checkArchives(path, vpk, paths, findings)
}

function checkArchives(
  path: string,
  vpk: ReadableVpk,
  paths: ReadonlySet<string>,
  findings: Findings,
): boolean {
  const numbers = new Set(vpk.entries.flatMap(({ archive }) => archive ?? []))
  if (numbers.size === 0) return true
  const base = /^(.*_)dir\.vpk$/.exec(path)?.[1]
  if (base === undefined) {
    findings.add(
      'vpk-set-incomplete',
      path,
      'Its content is in other archives, but it isn’t called NAME_dir.vpk.',
    )
    return false
  }
  const missing = [...numbers]
    .map(number => `${base}${String(number).padStart(3, '0')}.vpk`)
    .filter(archive => !paths.has(archive))
  if (missing.length === 0) return true
  const named = missing.slice(0, 3).map(archive => archive.slice(archive.lastIndexOf('/') + 1))
  findings.add('vpk-set-incomplete', path, `${missing.length} archives are missing: ${named.join(', ')}.`)
  return false
}

/** Whether a path is an archive of a set that is there: opened through its list of files, never by itself. */
export function belongsToSet(path: string, paths: ReadonlySet<string>): boolean {
  return isSetArchive(path) && paths.has(path.replace(/_\d{3}\.vpk$/i, '_dir.vpk'))
}

/** Compares content with its checksums as far as the budget goes. */
export async function checkChecksums(
  path: string,
  vpk: ReadableVpk,
  budget: ChecksumBudget,
  findings: Findings,
): Promise<void> {
  let left = 0
  const wrong: string[] = []
  for (const entry of vpk.entries) {
    if (!budget.take(entry.size)) {
      left += 1
      continue
    }
    try {
      let sum = 0
      for (let from = 0; from < entry.size; from += chunkBytes)
        sum = crc32(await vpk.read(entry, { from, length: Math.min(chunkBytes, entry.size - from) }), sum)
      if (sum !== entry.crc32) wrong.push(entry.path)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      findings.add('vpk-broken', path, `“${printablePath(entry.path)}” can’t be read: ${error.message}`)
      return
    }
  }
  if (wrong.length > 0)
    findings.add(
      'vpk-checksum',
      path,
      `${wrong.length} of its files differ from their checksums, such as “${printablePath(wrong[0] ?? '')}”.`,
    )
  if (left > 0) findings.add('vpk-not-checked', path, `${left} of its files weren’t compared.`)
}
