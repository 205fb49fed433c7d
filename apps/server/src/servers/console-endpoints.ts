import type { Host } from '@left4me/host'
import { endpoints } from '../http/endpoints.ts'
import type { LiveServers } from '../live/live-servers.ts'
import { auditableCommand, type ConsoleCommands } from './console-commands.ts'
import { withoutSecret } from './console-excerpt.ts'
import type { Power } from './power/power.ts'
import type { ServerDirectory } from './server-directory.ts'

export function consoleEndpoints(dependencies: {
  readonly host: Pick<Host, 'logTail'>
  readonly directory: ServerDirectory
  readonly live: LiveServers
  readonly power: Power
  readonly commands: ConsoleCommands
}) {
  const { host, directory, live, power, commands } = dependencies
  return endpoints({
    async runCommand({ params, body, note }) {
      const record = power.record(params.id)
      const output = await commands.run(record, body.command)
      const secret = directory.rconPassword(record.id)
      note({ detail: withoutSecret(auditableCommand(body.command), secret) })
      return { output }
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
      await commands.kick(power.record(params.id), params.userId, body.reason)
      note({ detail: `number ${params.userId}` })
      return undefined
    },

    async banPlayer({ params, body, note }) {
      const player = await commands.ban(power.record(params.id), params.userId, body)
      note({ detail: `${player.uniqueId} for ${body.minutes === 0 ? 'good' : `${body.minutes} minutes`}` })
      return undefined
    },
  })
}
