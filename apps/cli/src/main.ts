import { UsageError } from './cli-error.ts'
import { commands } from './commands.ts'
import { run } from './run.ts'
import { askSecret } from './terminal/ask-secret.ts'

// Who reads only the beginning (`left4me routes | head`) has what they want.
process.stdout.on('error', () => process.exit())

process.exitCode = await run(
  process.argv.slice(2),
  {
    name: 'left4me',
    commands,
    notes: 'Exit codes: 0 done, 1 failed, 2 wrong usage.',
  },
  {
    environment: process.env,
    write: text => process.stdout.write(text),
    askSecret: async (question, variable) => {
      if (!process.stdin.isTTY || !process.stderr.isTTY)
        throw new UsageError(`there is no terminal to ask on: set ${variable}`)
      return await askSecret(question, process.stdin, process.stderr)
    },
  },
  text => process.stderr.write(text),
)
