import { once } from 'node:events'
import { start } from 'node:repl'
import type { Command } from '../command.ts'

export const shell: Command = {
  name: 'shell',
  arguments: [],
  flags: {},
  summary: 'A JavaScript prompt with `db`, `host` and `config` at hand',
  details: `For example: await db.selectFrom('servers').select(['id', 'name']).execute()
             await host.list()
What is changed here goes past every check.`,
  async run(_, terminal) {
    const { createHost, openDatabase, readConfig } = await import('@left4me/server')
    const config = readConfig(terminal.environment)
    await using stack = new AsyncDisposableStack()
    const db = await openDatabase(config.databasePath)
    stack.defer(() => db.destroy())
    const host = createHost(config)
    await host.open()
    stack.defer(() => host.close())

    const prompt = start({ prompt: 'left4me> ', useGlobal: false })
    Object.assign(prompt.context, { db, host, config })
    await once(prompt, 'exit')
  },
}
