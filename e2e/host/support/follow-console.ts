import { installedHelpers } from '../../../packages/host/src/systemd/helpers.ts'
import { JournalLogs } from '../../../packages/host/src/systemd/log/journal-logs.ts'

/**
 * Follows a server's console as the web application does, until it is killed: `follow-console.ts FOLDER INSTANCE AFTER`
 * prints `SEQUENCE TEXT` lines from behind line AFTER on. Numbers are kept in FOLDER; one that is there goes on, else the
 * console begins now.
 */
const [, , folder = '', instance = '', after = ''] = process.argv
const logs = new JournalLogs({
  helper: [...installedHelpers.sudo, `${installedHelpers.folder}/left4me-journalctl`],
  folderOf: () => folder,
})
logs.start()
await logs.begin(Number(instance))
process.stdout.write('0 following\n')
await logs.follow(
  Number(instance),
  Number(after),
  lines => {
    process.stdout.write(lines.map(({ sequence, text }) => `${sequence} ${text}\n`).join(''))
  },
  new AbortController().signal,
)
