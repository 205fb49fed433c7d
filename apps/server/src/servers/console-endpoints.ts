import type { Host } from '@left4me/host'
import { endpoints } from '../http/endpoints.ts'
import type { LiveServers } from '../live/live-servers.ts'
import { auditableCommand, type ConsoleCommands } from './console-commands.ts'
import { withoutSecret } from './console-excerpt.ts'
import type { Power } from './power/power.ts'
import type { ServerDirectory, ServerRecord } from './server-directory.ts'

export function consoleEndpoints(dependencies: {
  readonly host: Pick<Host, 'logTail'>
  readonly directory: ServerDirectory
  readonly live: LiveServers
  readonly power: Power
  readonly commands: ConsoleCommands
  /** Rejects for a change to a map that the server doesn't have. */
  readonly refuseUnknownMap: (record: ServerRecord, command: string) => Promise<void>
}) {
  const { host, directory, live, power, commands, refuseUnknownMap } = dependencies
  return endpoints({
    async runCommand({ params, body, note }) {
      const record = power.record(params.id)
      await refuseUnknownMap(record, body.command)
      const detail = withoutSecret(auditableCommand(body.command), directory.rconPassword(record.id))
      return { output: await commands.run(record, body.command, () => note({ detail, sent: true })) }
    },

    async getLogs({ params, query }) {
      const { id } = power.record(params.id)
      const secret = directory.rconPassword(id)
      const lines = await host.logTail(id, query.lines ?? 200)
      return {
        items: lines.map(({ sequence, time, text }) => ({
          sequence,
          time: new Date(time).toISOString(),
          text: withoutSecret(text, secret),
        })),
      }
    },

    listPlayers({ params }) {
      return { items: live.players(power.record(params.id).id), nextCursor: null }
    },

    async kickPlayer({ params, body, note }) {
      const { userId } = params
      const sending = () => note({ detail: `number ${userId}`, sent: true })
      await commands.kick(power.record(params.id), userId, body.reason, sending)
      return undefined
    },

    async banPlayer({ params, body, note }) {
      const term = body.minutes === 0 ? 'good' : `${body.minutes} minutes`
      await commands.ban(power.record(params.id), params.userId, body, ({ uniqueId }) =>
        note({ detail: `${uniqueId} for ${term}`, sent: true }),
      )
      return undefined
    },
  })
}
