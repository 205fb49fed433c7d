import type { Command } from '../command.ts'
import { printable } from '../terminal/printable.ts'

export const workshopRefresh: Command = {
  name: 'workshop-refresh',
  arguments: [],
  flags: { json: 'Print JSON' },
  summary: 'Look for new versions of Workshop items and build the overlays that have some',
  details:
    'Works while left4me runs, which then does the work, and while it doesn’t. Waits until all is built. Exit code 1 when an overlay could not be refreshed. Servers take new revisions at their next start.',
  async run({ flags }, terminal) {
    const { readConfig, workshopRefresh: refresh } = await import('@left4me/server')
    const json = flags.has('json')
    const { finishedAt, overlays } = await refresh(readConfig(terminal.environment), {
      onLine: line => {
        if (!json) terminal.write(`${printable(line)}\n`)
      },
    })
    if (overlays.some(({ outcome }) => outcome === 'failed')) terminal.setExitCode(1)
    if (json) return terminal.write(`${JSON.stringify({ finishedAt, overlays }, null, 2)}\n`)
    for (const { name, outcome, revision, message } of overlays) {
      const what = outcome === 'published' ? `revision ${revision} is published` : outcome
      terminal.write(printable(`“${name}”: ${what}${message === null ? '' : ` (${message})`}`))
      terminal.write('\n')
    }
    if (overlays.length === 0) terminal.write('There are no Workshop overlays\n')
  },
}
