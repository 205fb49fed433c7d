import { type RouteDefinition, routes as routeTable } from '@left4me/contract'
import type { Command } from '../command.ts'
import { table } from '../terminal/table.ts'

export const routes: Command = {
  name: 'routes',
  arguments: [],
  flags: { json: 'Print JSON' },
  summary: 'List the routes of the HTTP API and who may call them',
  async run({ flags }, terminal) {
    const list = Object.entries<RouteDefinition>(routeTable).map(
      ([name, { method, path, access, summary }]) => ({
        name,
        method,
        path,
        access,
        summary,
      }),
    )
    terminal.write(
      flags.has('json')
        ? `${JSON.stringify(list, null, 2)}\n`
        : table(list.map(({ method, path, access, summary }) => [method, path, access, summary])),
    )
  },
}
