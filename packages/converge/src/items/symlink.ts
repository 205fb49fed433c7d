import { badDefinition } from '../converge-error.ts'
import { command, quote } from '../shell/quote.ts'
import { accounts, checkAttributes, checkOwnership, checkPath } from './attributes.ts'
import type { Item, Relations } from './item.ts'

export interface SymlinkAttributes extends Relations {
  /** What the link says, as it stands. Left out: the link must not be there. */
  readonly target?: string
  /** Whose the link is, and who may own the folder that it is in; not managed when left out. */
  readonly owner?: string
  readonly group?: string
}

/** A symbolic link, made beside and renamed into place. */
export function symlink(path: string, attributes: SymlinkAttributes): Item {
  const id = `symlink:${path}`
  const relations = checkAttributes(id, attributes, ['target', 'owner', 'group'])
  checkPath(id, path)
  const { target, owner, group } = attributes
  const ownership = checkOwnership(id, {
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  })
  if (target !== undefined && (target === '' || /[\u0000-\u001f\u007f]/.test(target)))
    throw badDefinition(
      `${id}: ${JSON.stringify(target)} is no usable target. Name a path without control characters.`,
    )
  return {
    id,
    type: 'symlink',
    name: path,
    relations,
    ties: {
      path,
      absent: target === undefined,
      wants: accounts(ownership),
      wantsPaths: target?.startsWith('/') === true ? [target] : [],
    },
    identity: { target: target ?? null, ...ownership },
    requests: [{ kind: 'path', path }],
    expected: () => (target === undefined ? null : { kind: 'symlink', target, ...ownership }),
    actual: facts => {
      const fact = facts.path(path)
      return fact === null
        ? null
        : { kind: fact.kind, target: fact.target, owner: fact.owner, group: fact.group }
    },
    fix: () =>
      target === undefined
        ? `guard_parent ${quote(path)} ${quote(owner ?? '')}\nrm -f -- ${quote(path)}\nsync_parent ${quote(path)}`
        : command(['put_link', path, target, owner ?? '', group ?? '']),
    touches: () => [
      target === undefined ? { path, kind: 'absent', value: '' } : { path, kind: 'symlink', value: target },
    ],
  }
}
