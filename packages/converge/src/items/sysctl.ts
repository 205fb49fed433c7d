import { badDefinition } from '../converge-error.ts'
import { command, quote } from '../shell/quote.ts'
import { checkAttributes, checkName, checkPath } from './attributes.ts'
import { fileItem } from './file.ts'
import type { Item, Relations } from './item.ts'

export interface SysctlAttributes extends Relations {
  readonly values: Readonly<Record<string, string | number>>
  /** Where the file that keeps them goes; `/etc/sysctl.d` when left out, null when something else keeps them. */
  readonly folder?: string | null
}

/** Kernel parameters: kept in `NAME.conf`, and set now. */
export function sysctl(name: string, attributes: SysctlAttributes): Item {
  const id = `sysctl:${name}`
  const { values, folder = '/etc/sysctl.d', ...relations } = attributes
  checkAttributes(id, relations, [])
  checkName(id, name, /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/)
  const wanted = Object.entries(values)
    .map(
      ([key, value]) =>
        [checkName(`${id}: key`, key, /^[a-z0-9_][A-Za-z0-9_./*-]*$/), String(value)] as const,
    )
    .sort(([one], [other]) => (one < other ? -1 : 1))
  for (const [key, value] of wanted)
    if (!/^[\u0020-\u007e]+$/.test(value))
      throw badDefinition(`${id}: ${key} has no usable value. Write it as one line.`)
  const keeper =
    folder === null
      ? null
      : fileItem({
          type: 'sysctl',
          name,
          path: `${checkPath(`${id}: folder`, folder)}/${name}.conf`,
          attributes: {
            ...relations,
            content: wanted.map(([key, value]) => `${key} = ${value}\n`).join(''),
            mode: '0644',
          },
        })
  // One process for all: a missing key prints an empty line of its own.
  const question = wanted.map(([key]) => `echo "$(sysctl -n -- ${quote(key)} 2>/dev/null)"`).join('\n')
  return {
    id,
    type: 'sysctl',
    name,
    relations: checkAttributes(id, relations, []),
    ties: keeper?.ties ?? {},
    identity: { values: wanted, folder },
    requests: [...(keeper?.requests ?? []), { kind: 'command', script: question, seconds: 30 }],
    expected: () => ({
      ...keeper?.expected(),
      ...Object.fromEntries(wanted.map(([key, value]) => [key, oneSpace(value)])),
    }),
    actual: facts => {
      const lines = facts.command(question, 30).output.split('\n')
      const live = Object.fromEntries(wanted.map(([key], index) => [key, oneSpace(lines[index] ?? '')]))
      return { ...keeper?.actual(facts), ...live }
    },
    fix: (keys, actual) => {
      const stored = ['kind', 'content', 'mode', 'exists'].some(key => keys.has(key)) && keeper !== null
      const present = actual?.['kind'] === undefined ? null : actual
      return [
        ...(stored ? [keeper.fix(present === null ? new Set(['exists', 'content']) : keys, present)] : []),
        ...wanted.flatMap(([key, value]) =>
          keys.has(key) ? [command(['sysctl', '-q', '-w', '--', `${key}=${value}`])] : [],
        ),
      ].join('\n')
    },
    touches: () => keeper?.touches?.() ?? [],
  }
}

/** The kernel separates the numbers of a list by tabs. */
function oneSpace(value: string): string {
  return value.trim().split(/\s+/).join(' ')
}
