import type { Command } from '../command.ts'

export const restore: Command = {
  name: 'restore',
  arguments: ['FILE'],
  flags: { json: 'Print JSON' },
  summary: 'Put a backup in the place of the database',
  details:
    'Only while left4me is stopped. The database of before is kept beside. A backup from a newer version is refused. Everybody has to log in again.',
  async run({ arguments: [file = ''], flags }, terminal) {
    const { restore: putBack, readConfig } = await import('@left4me/server')
    const { manifest, replaced } = await putBack(readConfig(terminal.environment), file)
    terminal.write(
      flags.has('json')
        ? `${JSON.stringify({ ...manifest, replaced }, null, 2)}\n`
        : `the database is that of ${manifest.createdAt} again${replaced === null ? '' : `; the one before is kept as ${replaced}`}\n`,
    )
  },
}
