import type { Command } from '../command.ts'

export const serve: Command = {
  name: 'serve',
  arguments: [],
  flags: {},
  summary: 'Run the web application until it is told to stop; game servers go on running',
  details: 'LEFT4ME_LISTEN and its like are read from the environment; docs/operations lists them.',
  async run(_, terminal) {
    const { readConfig, serve: runWebApplication } = await import('@left4me/server')
    await runWebApplication(readConfig(terminal.environment))
  },
}
