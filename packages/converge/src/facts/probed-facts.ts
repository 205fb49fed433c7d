import { ConvergeError } from '../converge-error.ts'
import { type FactRequest, keyOf } from './fact-request.ts'
import type { CommandFact, Facts, PathFact, UnitFact, UserFact } from './facts.ts'

const pathKinds = { f: 'file', d: 'directory', l: 'symlink' } as const

/** Facts as the probe's records say them; a later probe replaces what it asked again (`forget` first). */
export class ProbedFacts implements Facts {
  readonly #paths = new Map<string, PathFact>()
  readonly #hashes = new Map<string, string>()
  readonly #users = new Map<string, Omit<UserFact, 'groups'> & { readonly gid: string }>()
  #members = new Map<string, Set<string>>()
  #groupNames = new Map<string, string>()
  readonly #groups = new Map<string, number>()
  readonly #packages = new Map<string, string>()
  #manual = new Set<string>()
  #architecture = ''
  #architectures: string[] = []
  readonly #units = new Map<string, UnitFact>()
  /** Of the units that are told next. */
  #outdated = new Set<string>()
  readonly #commands = new Map<string, CommandFact>()
  readonly #records = new Map<string, string>()

  path(path: string): PathFact | null {
    const fact = this.#paths.get(path)
    return fact === undefined ? null : { ...fact, sha256: this.#hashes.get(path) ?? null }
  }

  user(name: string): UserFact | null {
    const user = this.#users.get(name)
    if (user === undefined) return null
    const groups = [...this.#members].flatMap(([group, members]) => (members.has(name) ? [group] : []))
    return { ...user, group: this.#groupNames.get(user.gid) ?? user.gid, groups: groups.sort() }
  }

  group(name: string): { readonly gid: number } | null {
    const gid = this.#groups.get(name)
    return gid === undefined ? null : { gid }
  }

  package(name: string): { readonly version: string; readonly manual: boolean } | null {
    const [plain = name, architecture] = name.split(':')
    const candidates = architecture === undefined ? [this.#architecture, 'all'] : [architecture]
    for (const candidate of candidates) {
      const version = this.#packages.get(`${plain}:${candidate}`)
      if (version !== undefined)
        return { version, manual: this.#manual.has(name) || this.#manual.has(`${plain}:${candidate}`) }
    }
    return null
  }

  architectures(): readonly string[] {
    return this.#architectures
  }

  unit(name: string): UnitFact | null {
    return this.#units.get(name) ?? null
  }

  command(script: string, seconds: number): CommandFact {
    return (
      this.#commands.get(keyOf({ kind: 'command', script, seconds })) ?? {
        exitCode: 255,
        output: 'not asked',
      }
    )
  }

  record(name: string): string | null {
    return this.#records.get(name) ?? null
  }

  /** Before a question is asked again: what isn't there any more has no record. */
  forget(requests: Iterable<FactRequest>): void {
    for (const request of requests) {
      if (request.kind === 'path') {
        this.#paths.delete(request.path)
        this.#hashes.delete(request.path)
      } else if (request.kind === 'user') this.#users.delete(request.name)
      else if (request.kind === 'group') this.#groups.delete(request.name)
      else if (request.kind === 'package') {
        const plain = request.name.split(':')[0] ?? request.name
        for (const key of this.#packages.keys()) if (key.startsWith(`${plain}:`)) this.#packages.delete(key)
      } else if (request.kind === 'unit') this.#units.delete(request.name)
      else if (request.kind === 'record') this.#records.delete(request.name)
    }
  }

  /** Takes a record in; false when it is none of a probe's. */
  take([kind, ...fields]: readonly string[]): boolean {
    const [first = '', second = '', third = ''] = fields
    switch (kind) {
      case 'path':
        this.#takePath(fields)
        return true
      case 'find-failed':
        throw new ConvergeError('bad-answer', `What is at a path can not be read: ${first}`)
      case 'sha256':
        for (const line of fields) this.#hashes.set(line.slice(66), line.slice(0, 64))
        return true
      case 'users':
        for (const [name = '', , uid, gid = '', , home = '', shell = ''] of table(first))
          this.#users.set(name, { uid: Number(uid), gid, group: gid, home, shell })
        return true
      case 'members':
        this.#members = new Map(
          table(first).map(([name = '', , , members = '']) => [
            name,
            new Set(members.split(',').filter(Boolean)),
          ]),
        )
        this.#groupNames = new Map(table(first).map(([name = '', , gid = '']) => [gid, name]))
        return true
      case 'groups':
        for (const [name = '', , gid] of table(first)) this.#groups.set(name, Number(gid))
        return true
      case 'packages':
        for (const line of first.split('\n')) {
          const [name = '', status, version = ''] = line.split(' ')
          if (status === 'installed') this.#packages.set(name, version)
        }
        return true
      case 'architecture':
        this.#architecture = first
        this.#manual = new Set(second.split('\n'))
        return true
      case 'architectures':
        this.#architectures = first.split('\n').filter(Boolean)
        return true
      case 'outdated':
        this.#outdated = new Set(first.split('\n'))
        return true
      case 'units':
        this.#takeUnits(first.split(' '), second)
        return true
      case 'record':
        this.#records.set(first, second)
        return true
      case 'command':
        this.#commands.set(first, { exitCode: Number(second), output: third })
        return true
      default:
        return false
    }
  }

  #takePath([path = '', kind = '', mode = '', owner = '', group = '', target = '']: readonly string[]): void {
    this.#paths.set(path, {
      kind: kind in pathKinds ? pathKinds[kind as keyof typeof pathKinds] : 'other',
      mode: mode.padStart(4, '0'),
      owner,
      group,
      target,
      sha256: null,
    })
  }

  /** `systemctl show` answers in the order of the question, a blank line between two units. */
  #takeUnits(names: readonly string[], text: string): void {
    const blocks = text.split('\n\n').filter(block => block.trim() !== '')
    // It answered nothing, or not all: the services are then found missing, and their fixes say what systemctl says.
    if (blocks.length !== names.length) return
    for (const [index, name] of names.entries()) {
      const of = new Map(
        (blocks[index] ?? '').split('\n').map(line => {
          const at = line.indexOf('=')
          return [line.slice(0, at), line.slice(at + 1)] as const
        }),
      )
      this.#units.set(name, {
        loadState: of.get('LoadState') ?? '',
        activeState: of.get('ActiveState') ?? '',
        subState: of.get('SubState') ?? '',
        unitFileState: of.get('UnitFileState') ?? '',
        needsReload: of.get('NeedDaemonReload') === 'yes' && this.#outdated.has(name),
      })
    }
    this.#outdated = new Set()
  }
}

/** Lines of colon-separated fields, as getent(1) prints them. */
function table(text: string): string[][] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split(':'))
}
