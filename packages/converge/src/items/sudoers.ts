import { badDefinition } from '../converge-error.ts'
import { type Content, checkAttributes, checkName, checkPath } from './attributes.ts'
import { fileItem } from './file.ts'
import type { Item, Relations } from './item.ts'

export interface SudoersAttributes extends Relations {
  readonly content: Content
  readonly folder?: string
}

/** Rules of sudo's, judged by `visudo` on the target before they are live. */
export function sudoers(name: string, attributes: SudoersAttributes): Item {
  const id = `sudoers:${name}`
  const { content, folder = '/etc/sudoers.d', ...relations } = attributes
  checkAttributes(id, relations, [])
  // sudo reads no file with a dot in its name, without a word.
  checkName(id, name, /^[A-Za-z0-9_-]+$/)
  if (content === undefined) throw badDefinition(`${id} has no content. Write its rules.`)
  return fileItem({
    type: 'sudoers',
    name,
    path: `${checkPath(`${id}: folder`, folder)}/${name}`,
    attributes: {
      ...relations,
      content,
      mode: '0440',
      owner: 'root',
      group: 'root',
      validate: ['visudo', '-cf', '%s'],
    },
  })
}
