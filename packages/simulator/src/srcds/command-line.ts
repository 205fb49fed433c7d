/** How srcds reads its command line: `-` arguments are parsed once, `+` arguments are console commands, in order. */
export interface CommandLine {
  /** `-name value` by lower-case name; a switch without a value has ''. The first of several wins, as in the engine. */
  readonly options: ReadonlyMap<string, string>
  /** Console commands of the `+` arguments. */
  readonly commands: readonly string[]
}

/** Never fails: what can't be read is skipped, as the engine does. */
export function parseCommandLine(commandLine: readonly string[]): CommandLine {
  const options = new Map<string, string>()
  const commands: string[] = []
  let index = 0
  while (index < commandLine.length) {
    const argument = commandLine[index] ?? ''
    index += 1
    const values: string[] = []
    while (index < commandLine.length && !startsArgument(commandLine[index] ?? '')) {
      values.push(commandLine[index] ?? '')
      index += 1
    }
    if (argument.startsWith('+') && argument.length > 1) {
      commands.push([argument.slice(1), ...values.map(quoteWhereNeeded)].join(' '))
    } else if (argument.startsWith('-')) {
      const name = argument.slice(1).toLowerCase()
      if (!options.has(name)) options.set(name, values[0] ?? '')
    }
  }
  return { options, commands }
}

/** `-1` is a value, `-port` isn't. */
function startsArgument(text: string): boolean {
  return /^\+.|^-\D/.test(text)
}

function quoteWhereNeeded(value: string): string {
  return /[\s;]/.test(value) || value === '' ? `"${value.replaceAll('"', '')}"` : value
}
