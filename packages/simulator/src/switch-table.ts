type SwitchKind = 'flag' | 'number' | 'text'

/** One switch: `-simulate-NAME`, with a value unless it is a flag. */
interface SwitchDefinition {
  readonly kind: SwitchKind
  /** What holds when it isn't given. */
  readonly initial: boolean | number | string
  /** For `text`: the only values that are accepted. */
  readonly choices?: readonly string[]
  readonly help: string
}

export type SwitchTable = Readonly<Record<string, SwitchDefinition>>

/** The values that a table's switches can have, by name. */
export type SwitchValues<Table extends SwitchTable> = {
  -readonly [Name in keyof Table]: Table[Name]['kind'] extends 'flag'
    ? boolean
    : Table[Name]['kind'] extends 'number'
      ? number
      : string
}

/** A switch that isn't in the table, or a value that it can't have. The message is for the person who wrote it. */
export class SwitchError extends Error {
  override readonly name = 'SwitchError'
}

const prefix = '-simulate-'

/** The table's initial values. */
export function initialSwitches<Table extends SwitchTable>(table: Table): SwitchValues<Table> {
  const values: Record<string, boolean | number | string> = {}
  for (const [name, definition] of Object.entries(table)) values[name] = definition.initial
  return values as SwitchValues<Table>
}

/** Changes one switch in `values`; `value` is ignored for a flag unless it is `0`. Throws SwitchError. */
export function setSwitch<Table extends SwitchTable>(
  table: Table,
  values: SwitchValues<Table>,
  name: string,
  value: string | undefined,
): void {
  const definition = Object.hasOwn(table, name) ? table[name] : undefined
  if (definition === undefined) throw new SwitchError(`there is no switch ${prefix}${name}`)
  const target: Record<string, boolean | number | string> = values
  if (definition.kind === 'flag') {
    target[name] = value !== '0'
    return
  }
  if (value === undefined) throw new SwitchError(`${prefix}${name} needs a value`)
  if (definition.kind === 'number') {
    const number = Number(value)
    if (!Number.isFinite(number) || value.trim() === '') {
      throw new SwitchError(`${prefix}${name} needs a number, not “${value}”`)
    }
    target[name] = number
    return
  }
  if (definition.choices !== undefined && !definition.choices.includes(value)) {
    throw new SwitchError(`${prefix}${name} can be ${definition.choices.join(', ')}; not “${value}”`)
  }
  target[name] = value
}

/**
 * Takes the switches out of a command line. What isn't a switch is returned in its order, so that it can be read as the
 * real program would. Throws SwitchError.
 */
export function takeSwitches<Table extends SwitchTable>(
  table: Table,
  commandLine: readonly string[],
): { values: SwitchValues<Table>; remaining: string[] } {
  const values = initialSwitches(table)
  const remaining: string[] = []
  for (let index = 0; index < commandLine.length; index += 1) {
    const argument = commandLine[index] ?? ''
    if (!argument.startsWith(prefix)) {
      remaining.push(argument)
      continue
    }
    const name = argument.slice(prefix.length)
    const definition = Object.hasOwn(table, name) ? table[name] : undefined
    let value: string | undefined
    if (definition !== undefined && definition.kind !== 'flag') {
      index += 1
      value = commandLine[index]
    }
    setSwitch(table, values, name, value)
  }
  return { values, remaining }
}

/** The lines that `--help` prints for a table. */
export function describeSwitches(table: SwitchTable): string {
  return Object.entries(table)
    .map(([name, definition]) => {
      const value = definition.kind === 'flag' ? '' : definition.kind === 'number' ? ' N' : ' TEXT'
      const choices = definition.choices === undefined ? '' : ` One of: ${definition.choices.join(', ')}.`
      const initial =
        definition.kind === 'flag' || definition.initial === '' ? '' : ` Default ${definition.initial}.`
      return `  ${prefix}${name}${value}\n      ${definition.help}${choices}${initial}`
    })
    .join('\n')
}
