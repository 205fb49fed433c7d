import { closest } from './arguments/closest.ts'
import { parseArguments } from './arguments/parse-arguments.ts'
import { errorLine, UsageError } from './cli-error.ts'
import type { Command, Program, Terminal } from './command.ts'
import { commandHelp, generalHelp } from './help.ts'

/**
 * Runs the command that `words` name. Resolves with the exit code: 0 done, 1 failed, 2 wrong usage or definition, or what
 * the command set. An error is one line through `writeError`, with its stack only after `--debug`.
 */
export async function run(
  words: readonly string[],
  program: Program,
  terminal: Omit<Terminal, 'setExitCode'>,
  writeError: (text: string) => void,
): Promise<number> {
  let exitCode = 0
  try {
    const [name, ...rest] = words
    if (name === '--help' || name === 'help') {
      terminal.write(generalHelp(program))
      return 0
    }
    const command = findCommand(name, program)
    const invocation = parseArguments(command, rest)
    if (invocation.flags.has('help')) {
      terminal.write(commandHelp(program, command))
      return 0
    }
    await command.run(invocation, {
      environment: terminal.environment,
      write: text => terminal.write(text),
      askSecret: (question, variable) => terminal.askSecret(question, variable),
      setExitCode: code => {
        exitCode = code
      },
    })
    return exitCode
  } catch (error) {
    writeError(`${program.name}: ${errorLine(error)}\n`)
    if (words.includes('--debug') && error instanceof Error) writeError(`${stackOf(error)}\n`)
    return error instanceof UsageError || program.isWrongDefinition?.(error) === true ? 2 : 1
  }
}

function findCommand(name: string | undefined, { name: program, commands }: Program): Command {
  if (name === undefined)
    throw new UsageError(`which command? There are ${commands.map(command => command.name).join(', ')}`)
  const command = commands.find(candidate => candidate.name === name)
  if (command) return command
  const suggestion = closest(
    name,
    commands.map(candidate => candidate.name),
  )
  throw new UsageError(
    `there is no command ${name}; ${suggestion === null ? `${program} --help lists them` : `did you mean ${suggestion}?`}`,
  )
}

/** With the causes, which `stack` leaves out. */
function stackOf(error: Error): string {
  const own = error.stack ?? error.message
  return error.cause instanceof Error ? `${own}\ncaused by: ${stackOf(error.cause)}` : own
}
