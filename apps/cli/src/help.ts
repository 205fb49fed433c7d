import { commonFlags } from './arguments/parse-arguments.ts'
import type { Command, Program } from './command.ts'
import { table } from './terminal/table.ts'

/** One line: `left4me query HOST:PORT [--players] [--rules] [--json]`. */
function usage(program: Program, command: Command): string {
  const options = Object.entries(command.options ?? {}).map(([name, { value }]) => `[--${name} ${value}]`)
  const flags = Object.keys(command.flags).map(flag => `[--${flag}]`)
  return [program.name, command.name, ...command.arguments, ...options, ...flags].join(' ')
}

export function commandHelp(program: Program, command: Command): string {
  const options = Object.entries(command.options ?? {})
  const flags = Object.entries({ ...command.flags, ...commonFlags })
  return [
    `${usage(program, command)}\n\n${command.summary}.\n`,
    ...(command.details ? [`\n${command.details}\n`] : []),
    `\n${table([
      ...options.map(([name, { value, meaning, short }]) => [
        `  --${name} ${value}${short === undefined ? '' : `, -${short} ${value}`}`,
        meaning,
      ]),
      ...flags.map(([flag, meaning]) => [`  --${flag}`, meaning]),
    ])}`,
  ].join('')
}

export function generalHelp({ name, commands, notes }: Program): string {
  const rows = commands.map(command => [`  ${command.name}`, command.summary])
  return `${name} COMMAND …\n\n${table(rows)}\n“${name} COMMAND --help” says more. ${notes}\n`
}
