import { UsageError } from '../cli-error.ts'
import type { Command, Invocation, Option } from '../command.ts'
import { closest } from './closest.ts'

/** Flags that every command has. */
export const commonFlags = {
  help: 'Say how the command is used',
  debug: 'Print the stack of an error',
} as const

/**
 * Sorts a command's words into arguments, flags and options. After `--` nothing is a flag. Throws UsageError for an
 * unknown flag, a flag with a value, an option without one, and too few or too many arguments; `--help` and its like
 * count as asked for before that is checked.
 */
export function parseArguments(command: Command, words: readonly string[]): Invocation {
  const flags = new Set<string>()
  const options = new Map<string, string[]>()
  const positional: string[] = []
  const end = words.indexOf('--')
  const left = (end < 0 ? words : words.slice(0, end)).values()
  for (const word of left) {
    const [, option, value] = readOption(command, word) ?? []
    if (option !== undefined) {
      const values = options.get(option) ?? []
      values.push(value ?? valueBehind(command, option, left.next().value))
      options.set(option, values)
    } else if (!/^-./.test(word)) positional.push(word)
    else if (Object.hasOwn({ ...command.flags, ...commonFlags }, word.replace(/^--/, '')))
      flags.add(word.slice(2))
    else throw unknownFlag(command, word)
  }
  if (end >= 0) positional.push(...words.slice(end + 1))
  if (!flags.has('help')) checkCount(command, positional)
  return { arguments: positional, flags, options }
}

/** `--name`, `--name=VALUE` or `-n` of a command's options: the word, the option's name, the value if it has one. */
function readOption(command: Command, word: string): [string, string, string?] | null {
  const options: [string, Option][] = Object.entries(command.options ?? {})
  const short = options.find(([, option]) => option.short !== undefined && word === `-${option.short}`)
  if (short !== undefined) return [word, short[0]]
  const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
  if (name === undefined || !options.some(([known]) => known === name)) return null
  return value === undefined ? [word, name] : [word, name, value]
}

function valueBehind(command: Command, option: string, next: string | undefined): string {
  if (next === undefined)
    throw new UsageError(`--${option} needs ${command.options?.[option]?.value ?? 'a value'} behind it`)
  return next
}

function unknownFlag(command: Command, word: string): UsageError {
  const known = { ...command.flags, ...command.options, ...commonFlags }
  const [name = ''] = word.replace(/^-+/, '').split('=')
  if (word.startsWith('--') && word.includes('=') && Object.hasOwn(known, name))
    return new UsageError(`--${name} takes no value`)
  const suggestion = closest(name, Object.keys(known))
  return new UsageError(
    `${command.name} has no flag ${word}${suggestion === null ? '' : `; did you mean --${suggestion}?`}`,
  )
}

function checkCount(command: Command, positional: readonly string[]): void {
  const missing = command.arguments[positional.length]
  if (missing !== undefined && !missing.startsWith('['))
    throw new UsageError(`${command.name} needs ${missing.replace('…', '')}`)
  const extra = positional[command.arguments.length]
  if (extra !== undefined && !command.arguments.at(-1)?.endsWith('…'))
    throw new UsageError(`${command.name} doesn't know what to do with “${extra}”`)
}
