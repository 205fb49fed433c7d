import { accessSync, constants } from 'node:fs'
import { HostError } from '../host-error.ts'
import type { Programs } from './supervisor/configuration.ts'

/** System folders only: whoever can put a program there owns the machine anyway. */
const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin']

const names: Record<keyof Programs, { readonly program: string; readonly package: string }> = {
  shell: { program: 'sh', package: 'dash' },
  unshare: { program: 'unshare', package: 'util-linux' },
  mount: { program: 'mount', package: 'mount' },
  script: { program: 'script', package: 'bsdutils' },
  mkfifo: { program: 'mkfifo', package: 'coreutils' },
  flock: { program: 'flock', package: 'util-linux' },
  setpriv: { program: 'setpriv', package: 'util-linux' },
}

export interface MissingProgram {
  readonly program: string
  /** The Debian package that brings it. */
  readonly package: string
}

/** Looks for what isn't given. `setpriv` is used where it is there, the others are needed. */
export function findPrograms(given: Partial<Programs>): {
  programs: Programs | null
  missing: MissingProgram[]
} {
  const found: { -readonly [Key in keyof Programs]?: string } = {}
  const missing: MissingProgram[] = []
  for (const key of Object.keys(names) as (keyof Programs)[]) {
    const candidates = given[key] ? [given[key]] : folders.map(folder => `${folder}/${names[key].program}`)
    const path = candidates.find(isExecutable)
    if (path) found[key] = path
    else if (key !== 'setpriv') missing.push(names[key])
  }
  const { shell, unshare, mount, script, mkfifo, flock, setpriv = null } = found
  const programs =
    shell && unshare && mount && script && mkfifo && flock
      ? { shell, unshare, mount, script, mkfifo, flock, setpriv: given.setpriv === null ? null : setpriv }
      : null
  return { programs, missing }
}

export function missingProgramsError(missing: readonly MissingProgram[]): HostError {
  const packages = [...new Set(missing.map(entry => entry.package))]
  return new HostError('unsupported', `Missing: ${missing.map(entry => entry.program).join(', ')}.`, {
    remedy: `Install ${packages.length === 1 ? 'the package' : 'the packages'} ${packages.join(' and ')}.`,
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
