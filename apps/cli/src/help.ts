import { commonFlags } from './arguments/parse-arguments.ts'
import type { Command } from './command.ts'
import { table } from './terminal/table.ts'

/** One line: `left4me query HOST:PORT [--players] [--rules] [--json]`. */
function usage(command: Command): string {
  const flags = Object.keys(command.flags).map(flag => `[--${flag}]`)
  return ['left4me', command.name, ...command.arguments, ...flags].join(' ')
}

export function commandHelp(command: Command): string {
  const flags = Object.entries({ ...command.flags, ...commonFlags })
  return [
    `${usage(command)}\n\n${command.summary}.\n`,
    ...(command.details ? [`\n${command.details}\n`] : []),
    `\n${table(flags.map(([flag, meaning]) => [`  --${flag}`, meaning]))}`,
  ].join('')
}

export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map(command => [`  ${command.name}`, command.summary])
  return `left4me COMMAND …\n\n${table(rows)}\n“left4me COMMAND --help” says more. Exit codes: 0 done, 1 failed, 2 wrong usage.\n`
}
