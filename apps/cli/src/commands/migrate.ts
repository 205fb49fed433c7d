import type { Command } from '../command.ts'

export const migrate: Command = {
  name: 'migrate',
  arguments: [],
  flags: {},
  summary: 'Make the database, or bring it up to date',
  details: 'serve does that by itself. Only while left4me is stopped.',
  async run(_, terminal) {
    const { migrate: bringUpToDate, readConfig } = await import('@left4me/server')
    const config = readConfig(terminal.environment)
    await bringUpToDate(config)
    terminal.write(`${config.databasePath} is up to date\n`)
  },
}
