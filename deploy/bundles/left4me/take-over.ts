import { action, type Item } from '@left4me/converge'
import { hostPaths } from '@left4me/privileged'
import { hostScript } from '../host-script.ts'
import { need, tags } from './tags.ts'

/** What a host that left4me ran on before has elsewhere, or with another owner, is moved once. Servers run on meanwhile. */
export function takeOver(): Item[] {
  const runtime = hostScript(import.meta.dirname, 'runtime-of-root.sh')
  const adopt = hostScript(import.meta.dirname, 'adopt-servers.sh')
  return [
    action('adopt-servers', {
      command: adopt,
      unless: `set -- ask\n${adopt}`,
      needs: ['unit:left4me-overlay@.service'],
      neededBy: ['unit:left4me-server@.service'],
      tags: [tags.host],
    }),
    action('forget-adopted', {
      command: hostScript(import.meta.dirname, 'forget-adopted.sh'),
      unless: '! ls /run/systemd/system/left4me-overlay@*.service.d/adopted.conf >/dev/null 2>&1',
      needs: ['unit:left4me-server@.service', 'systemd:daemon-reload'],
      after: ['action:adopt-servers'],
      tags: [tags.host],
    }),
    action('runtime-of-root', {
      command: runtime,
      arguments: [hostPaths.runtime],
      unless: `set -- "$1" ask\n${runtime}`,
      needs: [`directory:${hostPaths.runtime}`],
      tags: [tags.host],
    }),
    action('move-database', {
      command: hostScript(import.meta.dirname, 'move-database.sh'),
      arguments: [hostPaths.root],
      unless: '[ ! -f "$1/left4me.db" ] || [ -e "$1/data/left4me.db" ]',
      // Not before the new version is built: whoever wrote it stands still from here to its start.
      needs: [`directory:${hostPaths.root}/data`, ...need('source')],
      tags: [tags.host],
    }),
  ]
}
