import { readFileSync } from 'node:fs'
import { HelperError } from '../helper-error.ts'
import type { HostPaths } from '../host-paths.ts'

const gibibyte = 1024 ** 3

/** What an administrator may set in `/etc/left4me/limits.env`, a file of root's: `KEY=value` lines. Bytes. */
export interface HostLimits {
  /** `SERVER_DISK_BYTES`: what one server may have in its upper. */
  readonly server: number
  /** `BUILD_DISK_BYTES`: what one build may have in its draft. */
  readonly build: number
  /** `DISK_RESERVE_BYTES`: what stays free on the disk; null: a twentieth of the disk, at most 5 GiB. */
  readonly reserve: number | null
  /** `FILES_LIMIT`: files and folders that one server or one build may have. */
  readonly files: number
  /** `SANDBOX_DENIED_ADDRESSES`: more that scripts may not reach, for example the public side of a NAT. Prefixes. */
  readonly deniedAddresses: readonly string[]
}

export const defaultHostLimits: HostLimits = {
  server: 10 * gibibyte,
  build: 10 * gibibyte,
  reserve: null,
  files: 200_000,
  deniedAddresses: [],
}

/** Throws `HelperError` (`bad-environment`) for a file that can't be understood; the defaults when there is none. */
export function readHostLimits(paths: HostPaths): HostLimits {
  const path = `${paths.configuration}/limits.env`
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return defaultHostLimits
    throw error
  }
  try {
    return parseHostLimits(text)
  } catch (error) {
    throw new HelperError('bad-environment', `${path}: ${error instanceof Error ? error.message : error}.`, {
      remedy: 'Correct that line.',
      cause: error,
    })
  }
}

/** Throws `SyntaxError`, which names the line. Empty lines and those that begin with `#` are passed over. */
export function parseHostLimits(text: string): HostLimits {
  const limits: { -readonly [key in keyof HostLimits]: HostLimits[key] } = { ...defaultHostLimits }
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue
    const [, key, value = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? []
    switch (key) {
      case 'SERVER_DISK_BYTES':
        limits.server = count(value, index)
        break
      case 'BUILD_DISK_BYTES':
        limits.build = count(value, index)
        break
      case 'DISK_RESERVE_BYTES':
        limits.reserve = count(value, index)
        break
      case 'FILES_LIMIT':
        limits.files = count(value, index)
        break
      case 'SANDBOX_DENIED_ADDRESSES':
        limits.deniedAddresses = prefixes(value, index)
        break
      default:
        throw new SyntaxError(`line ${index + 1} is no setting`)
    }
  }
  return limits
}

function count(value: string, index: number): number {
  if (!/^[1-9][0-9]{0,14}$/.test(value)) throw new SyntaxError(`line ${index + 1} has no whole number`)
  return Number(value)
}

function prefixes(value: string, index: number): string[] {
  const found = value.split(' ').filter(prefix => prefix !== '')
  const shape = /^(?:\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?|(?=.*:)[0-9a-f:]{2,39}(?:\/\d{1,3})?)$/
  if (!found.every(prefix => shape.test(prefix)))
    throw new SyntaxError(`line ${index + 1} has something else than numeric prefixes`)
  return found
}
