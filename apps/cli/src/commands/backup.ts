import type { Command } from '../command.ts'

export const backup: Command = {
  name: 'backup',
  arguments: ['FILE'],
  flags: { json: 'Print JSON' },
  summary: 'Write a consistent copy of the database, also while left4me runs',
  details:
    "Holds accounts, servers, blueprints, overlays' settings and jobs, and the servers' RCON passwords: keep it as safe as the database. Files of overlays and servers are not in it.",
  async run({ arguments: [file = ''], flags }, terminal) {
    const { backup: writeBackup, readConfig } = await import('@left4me/server')
    const manifest = writeBackup(readConfig(terminal.environment), file)
    terminal.write(
      flags.has('json')
        ? `${JSON.stringify({ file, ...manifest }, null, 2)}\n`
        : `${file} holds the database of ${manifest.createdAt}\n`,
    )
  },
}
