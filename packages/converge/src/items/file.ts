import { createHash } from 'node:crypto'
import { badDefinition } from '../converge-error.ts'
import { isSecret } from '../secrets/secret.ts'
import { command, quote } from '../shell/quote.ts'
import {
  accounts,
  type Content,
  checkAttributes,
  checkOwnership,
  checkPath,
  contentBytes,
  type Ownership,
} from './attributes.ts'
import { fixOwnership, stateOfPath } from './directory.ts'
import type { Item, Relations } from './item.ts'

export interface FileAttributes extends Relations, Ownership {
  /** Left out: only mode and owner are managed, and the file must be there. */
  readonly content?: Content
  /** A command that judges the new file on the target before it is live; the word `%s` stands for its path. */
  readonly validate?: readonly string[]
  readonly absent?: boolean
}

/** A regular file, written beside, checked, synced and renamed into place. New ones are 0644 unless `mode` says else. */
export function file(path: string, attributes: FileAttributes): Item {
  return fileItem({ type: 'file', name: path, path, attributes })
}

/** What `file`, `sudoers`, `unit`, … have in common. `validateScript` is used in place of `validate`; `$1` is the new file. */
export function fileItem(options: {
  type: string
  name: string
  path: string
  attributes: FileAttributes
  allowed?: readonly string[]
  validateScript?: string
}): Item {
  const { type, name, path, attributes } = options
  const id = `${type}:${name}`
  const relations = checkAttributes(id, attributes, [
    ...['content', 'mode', 'owner', 'group', 'validate', 'absent'],
    ...(options.allowed ?? []),
  ])
  checkPath(id, path)
  if (path === '/') throw badDefinition(`${id}: / is no file. Name one.`)
  const ownership = checkOwnership(id, attributes)
  const absent = attributes.absent === true
  const { content, validate } = attributes
  if (validate !== undefined && !validate.includes('%s'))
    throw badDefinition(`${id}: validate doesn't say %s, so that it can't see the new file. Add the word %s.`)
  const validation =
    options.validateScript ??
    (validate === undefined ? '' : validate.map(word => (word === '%s' ? '"$1"' : quote(word))).join(' '))
  const owners = [ownership.mode ?? '', ownership.owner ?? '', ownership.group ?? '']
  const write = (bytes: Uint8Array) => command(['put_file', path, ...owners, validation, ...encoded(bytes)])
  return {
    id,
    type,
    name,
    relations,
    ties: { path, leaf: true, absent, wants: accounts(ownership) },
    identity: {
      path,
      ...ownership,
      absent,
      validation,
      content:
        content === undefined ? null : isSecret(content) ? content.toString() : sha256(contentBytes(content)),
    },
    requests: [{ kind: 'path', path, hash: content !== undefined }],
    expected: () =>
      absent
        ? null
        : {
            kind: 'file',
            ...ownership,
            ...(content === undefined ? {} : { content: sha256(contentBytes(content)) }),
          },
    actual: facts => {
      const fact = facts.path(path)
      const state = stateOfPath(fact)
      return state === null ? null : { ...state, content: fact?.sha256 ?? null }
    },
    fix: (keys, actual) => {
      if (absent) return `guard_parent ${quote(path)} ''\nremove_file ${quote(path)}`
      if (keys.has('content') || keys.has('kind') || actual === null) {
        if (content === undefined)
          return `echo 'It is not there, and this item has no content for it.' >&2; exit 1`
        return write(contentBytes(content))
      }
      return [
        `guard_parent ${quote(path)} ${quote(ownership.owner ?? '')}`,
        `[ -f ${quote(path)} ] && [ ! -L ${quote(path)} ]`,
        ...fixOwnership(path, ownership, keys),
        `sync -- ${quote(path)}`,
      ].join('\n')
    },
    ...(isSecret(content) ? { redact: (text: string) => content.redact(text) } : {}),
    touches: () => [
      absent || content === undefined
        ? { path, kind: absent ? 'absent' : 'file', value: '' }
        : { path, kind: 'file', value: sha256(contentBytes(content)) },
    ],
    ...(content === undefined
      ? {}
      : { preview: () => ({ path, text: isSecret(content) ? null : asText(contentBytes(content)) }) }),
  }
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** As the shell's own words where they are plain text, which needs no process; all else by base64(1). */
function encoded(bytes: Uint8Array): [encoding: string, content: string] {
  const plain =
    bytes.length <= 65_536 && bytes.every(byte => byte === 9 || byte === 10 || (byte >= 32 && byte < 127))
  return plain
    ? ['text', Buffer.from(bytes).toString('latin1')]
    : ['base64', Buffer.from(bytes).toString('base64')]
}

function asText(bytes: Uint8Array): string | null {
  const text = Buffer.from(bytes).toString('utf8')
  return bytes.length <= 256 * 1024 && !text.includes('\0') && !text.includes('\uFFFD') ? text : null
}
