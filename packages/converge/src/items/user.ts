import { command } from '../shell/quote.ts'
import { accountName, checkAttributes, checkName, checkPath } from './attributes.ts'
import { checkNumber } from './group.ts'
import type { Item, Relations } from './item.ts'

export interface UserAttributes extends Relations {
  readonly uid?: number
  /** The user's own group, by name; a group of the user's name is made when left out and the user is new. */
  readonly group?: string
  /** All further groups, no others. */
  readonly groups?: readonly string[]
  readonly home?: string
  readonly shell?: string
  readonly absent?: boolean
}

/** A system user without a password. Its home isn't made: that is a directory item. */
export function user(name: string, attributes: UserAttributes = {}): Item {
  const id = `user:${name}`
  const relations = checkAttributes(id, attributes, ['uid', 'group', 'groups', 'home', 'shell', 'absent'])
  checkName(id, name, accountName)
  const { uid, home, shell, absent = false } = attributes
  checkNumber(id, uid)
  if (attributes.group !== undefined) checkName(`${id}: group`, attributes.group, accountName)
  const groups = attributes.groups?.map(group => checkName(`${id}: groups`, group, accountName)).sort()
  if (home !== undefined) checkPath(`${id}: home`, home)
  if (shell !== undefined) checkPath(`${id}: shell`, shell)
  const options = (keys: ReadonlySet<string>) =>
    [
      ['uid', '-u', uid === undefined ? uid : String(uid)],
      ['group', '-g', attributes.group],
      ['groups', '-G', groups?.join(',')],
      ['home', '-d', home],
      ['shell', '-s', shell],
    ].flatMap(([key = '', option = '', value]) =>
      value === undefined || !(keys.has(key) || keys.has('exists')) ? [] : [option, value],
    )
  const wanted = {
    ...(uid === undefined ? {} : { uid }),
    ...(attributes.group === undefined ? {} : { group: attributes.group }),
    ...(groups === undefined ? {} : { groups }),
    ...(home === undefined ? {} : { home }),
    ...(shell === undefined ? {} : { shell }),
  }
  return {
    id,
    type: 'user',
    name,
    relations,
    ties: {
      absent,
      wants: [...(attributes.group === undefined ? [] : [attributes.group]), ...(groups ?? [])].map(
        group => `group:${group}`,
      ),
      ...(uid === undefined ? {} : { pins: `uid ${uid}` }),
    },
    identity: { ...wanted, absent },
    requests: [{ kind: 'user', name }],
    expected: () => (absent ? null : wanted),
    actual: facts => {
      const fact = facts.user(name)
      return fact === null ? null : { ...fact }
    },
    fix: (keys, actual) =>
      absent
        ? command(['userdel', '--', name])
        : actual === null
          ? command(['useradd', '--system', '--no-create-home', ...options(keys), '--', name])
          : command(['usermod', ...options(keys), '--', name]),
  }
}
