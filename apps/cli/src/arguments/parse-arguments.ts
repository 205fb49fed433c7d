import { UsageError } from '../cli-error.ts'
import type { Command, Invocation } from '../command.ts'
import { closest } from './closest.ts'

/** Flags that every command has. */
export const commonFlags = {
  help: 'Say how the command is used',
  debug: 'Print the stack of an error',
} as const

/**
 * Sorts a command's words into arguments and flags. After `--` nothing is a flag. Throws UsageError for an unknown flag,
 * a flag with a value, and too few or too many arguments; `--help` and its like count as asked for before that is
 * checked.
 */
export function parseArguments(command: Command, words: readonly string[]): Invocation {
  const known = { ...command.flags, ...commonFlags }
  const flags = new Set<string>()
  const positional: string[] = []
  const end = words.indexOf('--')
  for (const word of end < 0 ? words : words.slice(0, end)) {
    if (/^-[^-]/.test(word)) throw unknownFlag(command, word, known)
    if (!word.startsWith('--')) positional.push(word)
    else if (Object.hasOwn(known, word.slice(2))) flags.add(word.slice(2))
    else throw unknownFlag(command, word, known)
  }
  if (end >= 0) positional.push(...words.slice(end + 1))
  if (!flags.has('help')) checkCount(command, positional)
  return { arguments: positional, flags }
}

function unknownFlag(command: Command, word: string, known: Readonly<Record<string, string>>): UsageError {
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
  if (missing !== undefined) throw new UsageError(`${command.name} needs ${missing.replace('…', '')}`)
  const extra = positional[command.arguments.length]
  if (extra !== undefined && !command.arguments.at(-1)?.endsWith('…'))
    throw new UsageError(`${command.name} doesn't know what to do with “${extra}”`)
}
