import { CommandError, errorLine, UsageError } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { inspectLog, inspectStatus, inspectSteamcmd } from '../inspect/inspect-output.ts'
import { inspectKeyValues, inspectMission } from '../inspect/inspect-text-formats.ts'
import { inspectVpk } from '../inspect/inspect-vpk.ts'
import type { Inspect } from '../inspect/inspection.ts'
import { table } from '../terminal/table.ts'

const kinds = new Map<string, Inspect>([
  ['vpk', inspectVpk],
  ['keyvalues', inspectKeyValues],
  ['mission', inspectMission],
  ['status', inspectStatus],
  ['log', inspectLog],
  ['steamcmd', inspectSteamcmd],
])

export const inspect: Command = {
  name: 'inspect',
  arguments: ['KIND', 'FILE'],
  flags: { json: 'Print JSON' },
  summary: "Read a file of the game's or of steamcmd's as left4me reads it",
  details: `KIND is one of ${[...kinds.keys()].join(', ')}. A file that is broken, or of another kind, exits with 1.`,
  async run({ arguments: [kind = '', file = ''], flags }, terminal) {
    const read = kinds.get(kind)
    if (!read) throw new UsageError(`inspect knows no kind ${kind}; it knows ${[...kinds.keys()].join(', ')}`)
    const { json, rows } = await read(file).catch((error: unknown) => {
      if (error instanceof CommandError) throw error
      throw new CommandError(`${file}: ${errorLine(error)}`, { cause: error })
    })
    terminal.write(flags.has('json') ? `${JSON.stringify(json, null, 2)}\n` : table(rows))
  },
}
