import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { files } from './unit-file.ts'

/** A program that may be run, with what its arguments, joined by single blanks, must match. */
export interface SudoCommand {
  readonly program: string
  readonly pattern: RegExp
}

/** What deploy/files/sudoers allows. Reads the form of that file alone, and throws for any other line. */
export function readSudoers(): SudoCommand[] {
  const text = readFileSync(join(files, 'sudoers'), 'utf8')
  const commands: SudoCommand[] = []
  const aliases: string[] = []
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#') || line.startsWith('Defaults:left4me ')) continue
    const alias = /^Cmnd_Alias (\w+) = (.+)$/.exec(line)
    const grant = /^left4me ALL = \(root:root\) NOPASSWD: ([\w, ]+)$/.exec(line)
    if (alias?.[1] !== undefined && alias[2] !== undefined) {
      aliases.push(alias[1])
      commands.push(...alias[2].split(', ').map(parseCommand))
    } else if (grant?.[1] === undefined || grant[1] !== aliases.join(', ')) {
      throw new Error(`sudoers: what is this? ${line}`)
    }
  }
  return commands
}

function parseCommand(text: string): SudoCommand {
  const match = /^(\/\S+) (\^.*\$)$/.exec(text)
  if (match?.[1] === undefined || match[2] === undefined) throw new Error(`sudoers: what is this? ${text}`)
  return { program: match[1], pattern: new RegExp(match[2]) }
}

/** Whether sudo lets these arguments through: sudoers(5), “Regular expressions in command arguments”. */
export function allows(commands: readonly SudoCommand[], helper: string, words: readonly string[]): boolean {
  return commands.some(
    ({ program, pattern }) =>
      program === `/usr/local/libexec/left4me/${helper}` && pattern.test(words.join(' ')),
  )
}
