import { posix } from 'node:path'
import { badDefinition } from '../converge-error.ts'
import { command, quote } from '../shell/quote.ts'
import type { Payload } from '../transport/payload.ts'
import { accounts, checkAttributes, checkName, checkOwnership, checkPath } from './attributes.ts'
import { sha256 } from './file.ts'
import type { Item, Relations } from './item.ts'

export interface ReleaseAttributes extends Relations {
  /** What names the content, such as a commit's hash. */
  readonly revision: string
  /** A tar archive of the tree, or its path here. Asked for only when it is sent. */
  readonly archive: () => Payload
  readonly owner?: string
  readonly group?: string
  /** A script that judges the staged tree, `$1`, on the target before it is live. */
  readonly validate?: string
}

/**
 * A whole tree: staged beside the live one, judged there, exchanged with it in one system call. Nobody sees half of it,
 * and a change by hand in it is drift. The tree before stays as `.NAME.left4me-before-of-GENERATION`, of each the last three.
 */
export function release(path: string, attributes: ReleaseAttributes): Item {
  const id = `release:${path}`
  const relations = checkAttributes(id, attributes, ['revision', 'archive', 'owner', 'group', 'validate'])
  if (checkPath(id, path) === '/') throw badDefinition(`${id}: / is no place for a release. Name a folder.`)
  const { archive, validate = '' } = attributes
  const revision = checkName(`${id}: revision`, attributes.revision, /^[A-Za-z0-9][A-Za-z0-9._-]*$/)
  const { owner, group } = checkOwnership(id, attributes)
  const short = sha256(id).slice(0, 32)
  const record = `release-${short}`
  const { listing, contents } = treeHashes(path)
  // What was read once needn't be read again while no change is noted: a node's runtime alone is 120 MB.
  const hash = `read -r revision tree known 2>/dev/null <"$S/records/${record}"
if [ "$( ${listing} )" = "\${known:--}" ]; then echo "$tree"; else ${contents}; fi`
  const ownership =
    owner === undefined && group === undefined
      ? ''
      : `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
  return {
    id,
    type: 'release',
    name: path,
    relations,
    ties: { path, wants: accounts(attributes), folders: [posix.dirname(path)] },
    identity: { revision, owner: owner ?? null, group: group ?? null, validate },
    requests: [
      { kind: 'path', path },
      { kind: 'record', name: record },
      { kind: 'command', script: hash, seconds: 120 },
    ],
    expected: () => ({ kind: 'directory', revision, unchanged: true }),
    actual: facts => {
      const fact = facts.path(path)
      if (fact === null) return null
      const [recorded = '', tree = ''] = (facts.record(record) ?? '').split(' ')
      return {
        kind: fact.kind,
        revision: recorded,
        unchanged: tree !== '' && facts.command(hash, 120).output.trim() === tree,
      }
    },
    uploads: [{ name: record, payload: archive }],
    fix: () =>
      `guard_parent ${command([path, owner ?? ''])}
put_tree ${command([path, record, ownership])} ${quote(validate)}
write_record ${record} ${quote(revision)}" $( ${contents} ) $( ${listing} )"`,
  }
}

/**
 * Two questions, each of which prints one hash: `contents` of names, kinds, modes, owners, links and contents below a
 * path; `listing` of the same without the contents, but with sizes and the times of the last change of anything
 * (st_ctime, which nobody can set back: inode(7)).
 */
function treeHashes(path: string): { listing: string; contents: string } {
  const enter = `cd -- ${quote(path)} 2>/dev/null || exit 1`
  const find = (more: string) => String.raw`find . -printf '%P\t%y\t%m\t%U\t%G\t%l${more}\0' | sort -z`
  const files = 'find . -type f -print0 | sort -z | xargs -0r sha256sum'
  const hash = 'sha256sum | cut -c1-64'
  return {
    listing: `(${enter}; ${find(String.raw`\t%s\t%C@`)} | ${hash})`,
    contents: `(${enter}; { ${find('')}; ${files}; } | ${hash})`,
  }
}
