import { badDefinition } from '../converge-error.ts'
import { command } from '../shell/quote.ts'
import { accountName, checkAttributes, checkName } from './attributes.ts'
import type { Item, Relations } from './item.ts'

export interface GroupAttributes extends Relations {
  /** Left out: any. Two groups of a node can't pin the same number. */
  readonly gid?: number
  readonly absent?: boolean
}

export function group(name: string, attributes: GroupAttributes = {}): Item {
  const id = `group:${name}`
  const relations = checkAttributes(id, attributes, ['gid', 'absent'])
  checkName(id, name, accountName)
  const { gid, absent = false } = attributes
  checkNumber(id, gid)
  return {
    id,
    type: 'group',
    name,
    relations,
    ties: { absent, ...(gid === undefined ? {} : { pins: `gid ${gid}` }) },
    identity: { gid: gid ?? null, absent },
    requests: [{ kind: 'group', name }],
    expected: () => (absent ? null : gid === undefined ? {} : { gid }),
    actual: facts => facts.group(name),
    fix: (_keys, actual) => {
      if (absent) return command(['groupdel', name])
      const number = gid === undefined ? [] : ['-g', String(gid)]
      return actual === null
        ? command(['groupadd', '--system', ...number, '--', name])
        : command(['groupmod', ...number, '--', name])
    },
  }
}

export function checkNumber(id: string, number: number | undefined): void {
  if (number !== undefined && (!Number.isInteger(number) || number < 1 || number > 4_294_967_293))
    throw badDefinition(
      `${id}: ${number} is no usable number of an account. Take one from 1 on; 0 is root's.`,
    )
}
