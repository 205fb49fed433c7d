import { accessSync, constants } from 'node:fs'
import { HostError } from '../../host-error.ts'
import type { Programs } from '../supervisor/configuration.ts'

export interface SandboxPrograms {
  readonly namespaces: Programs
  readonly setpriv: string
  readonly pivotRoot: string
  readonly prlimit: string
}

const folders = ['/usr/sbin', '/sbin', '/usr/bin', '/bin']

/** What scripts need besides what servers do. Throws `unsupported` when something is missing. */
export function findSandboxPrograms(namespaces: Programs): SandboxPrograms {
  const { setpriv } = namespaces
  if (setpriv === null) throw missing('setpriv', 'util-linux')
  if (find('bash') === null) throw missing('bash', 'bash')
  return {
    namespaces,
    setpriv,
    pivotRoot: find('pivot_root') ?? refuse('pivot_root', 'util-linux'),
    prlimit: find('prlimit') ?? refuse('prlimit', 'util-linux'),
  }
}

function find(name: string): string | null {
  for (const folder of folders) {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK)
      return `${folder}/${name}`
    } catch {
      // Elsewhere.
    }
  }
  return null
}

function refuse(program: string, from: string): never {
  throw missing(program, from)
}

function missing(program: string, from: string): HostError {
  return new HostError('unsupported', `Scripts can’t be run: ${program} is missing.`, {
    remedy: `Install the package ${from}.`,
  })
}
