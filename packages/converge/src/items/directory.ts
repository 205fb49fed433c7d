import type { PathFact } from '../facts/facts.ts'
import { command, quote } from '../shell/quote.ts'
import { accounts, checkAttributes, checkOwnership, checkPath, type Ownership } from './attributes.ts'
import type { Item, Relations, State } from './item.ts'

export interface DirectoryAttributes extends Relations, Ownership {
  /** The directory must not be there; it is removed only when it is empty. */
  readonly absent?: boolean
}

/** A directory and who may do what in it; what is in it isn't looked at. */
export function directory(path: string, attributes: DirectoryAttributes = {}): Item {
  const id = `directory:${path}`
  const relations = checkAttributes(id, attributes, ['mode', 'owner', 'group', 'absent'])
  checkPath(id, path)
  const ownership = checkOwnership(id, attributes)
  const absent = attributes.absent === true
  return {
    id,
    type: 'directory',
    name: path,
    relations,
    ties: { path, absent, wants: accounts(ownership) },
    identity: { ...ownership, absent },
    requests: [{ kind: 'path', path }],
    expected: () => (absent ? null : { kind: 'directory', ...ownership }),
    actual: facts => stateOfPath(facts.path(path)),
    fix: (keys, actual) => {
      if (absent) return `guard_parent ${quote(path)} ''\nrmdir -- ${quote(path)}\nsync_parent ${quote(path)}`
      return [
        `guard_parent ${quote(path)} ${quote(ownership.owner ?? '')}`,
        ...(actual === null
          ? make(path, { mode: '0755', ...ownership })
          : [`[ -d ${quote(path)} ] && [ ! -L ${quote(path)} ]`, ...fixOwnership(path, ownership, keys)]),
        `sync_parent ${quote(path)}`,
      ].join('\n')
    },
    touches: () => [{ path, kind: absent ? 'absent' : 'directory', value: '' }],
  }
}

/** Empty, it may have its mode before its owner; set-id bits come last, since chown(2) takes them away. */
function make(path: string, { mode, ...owners }: Ownership & { mode: string }): string[] {
  const special = !mode.startsWith('0')
  return [
    command(['mkdir', '-m', special ? '0700' : mode, '--', path]),
    ...fixOwnership(path, special ? { mode, ...owners } : owners, new Set(['exists'])),
  ]
}

/** What is found at a path, in the keys that directory, file and symlink share. */
export function stateOfPath(fact: PathFact | null): State {
  if (fact === null) return null
  const { kind, mode, owner, group } = fact
  return { kind, mode, owner, group }
}

/** Owner before mode: chown(2) takes set-id bits away. Neither follows a link. */
export function fixOwnership(
  path: string,
  { mode, owner, group }: Ownership,
  keys: ReadonlySet<string>,
): string[] {
  const wanted = (key: string) => keys.has(key) || keys.has('exists')
  const [user, its] = [wanted('owner') ? (owner ?? '') : '', wanted('group') ? (group ?? '') : '']
  return [
    ...(user + its === ''
      ? []
      : [command(['chown', '-h', '--', its === '' ? user : `${user}:${its}`, path])]),
    ...(mode !== undefined && (wanted('mode') || wanted('owner') || wanted('group'))
      ? [command(['set_mode', path, mode])]
      : []),
  ]
}
