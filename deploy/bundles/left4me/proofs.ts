import { posix } from 'node:path'
import { action, type Item, outdatedUnits, type Undo } from '@left4me/converge'
import { hostPaths } from '@left4me/privileged'
import { hostScript } from '../host-script.ts'
import { type SourceFiles, sourcePaths, sourceText } from './source-files.ts'
import { tags } from './tags.ts'
import { unitFolder, unitPaths } from './units.ts'

const restartJournal = 'systemctl try-restart systemd-journald@left4me.service'

const inSource = (path: string) => `${hostPaths.source}/${path}`

/**
 * Questions about what is in effect rather than on the disk: files may be right and yet nobody has read them. Each is ok
 * while the answer is yes; what can be mended is.
 */
export function proofs(files: SourceFiles): Item[] {
  const dropIns = sourcePaths(files, 'deploy/files/systemd').filter(path => path.endsWith('.conf'))
  const firewall = 'deploy/files/nftables/left4me.nft'
  const temporary = 'deploy/files/tmpfiles.conf'
  const journal = 'deploy/files/journald@left4me.conf'
  const loaded = `${outdatedUnits}\n${hostScript(import.meta.dirname, 'units-loaded.sh')}`
  return [
    action('units-loaded', {
      command: `systemctl daemon-reload\n${loaded}`,
      arguments: [...unitPaths(files).map(unitFor), ...dropIns.map(dropInFor)],
      unless: loaded,
      needs: dropIns.map(path => `symlink:${livePath(path)}`),
      after: ['systemd:daemon-reload', 'unit:', 'drop-in:'],
      tags: [tags.host],
    }),
    action('firewall-as-written', {
      command: 'systemctl reload left4me-firewall.service',
      arguments: [inSource(firewall)],
      unless: hostScript(import.meta.dirname, 'firewall-as-written.sh'),
      undo: onceTakenBack('systemctl try-reload-or-restart left4me-firewall.service'),
      needs: ['service:left4me-firewall'],
      after: ['tag:left4me-source'],
      tags: [tags.host],
    }),
    action('sudo-rules-in-effect', {
      command: `visudo --check >&2
echo 'sudo does not read /etc/sudoers.d/left4me: /etc/sudoers needs the line @includedir /etc/sudoers.d.' >&2
exit 1`,
      unless: `sudo -n -l -U left4me -- ${hostPaths.helpers}/left4me-systemctl show 1`,
      needs: [
        'symlink:/etc/sudoers.d/left4me',
        `symlink:${hostPaths.helpers}/left4me-systemctl`,
        'user:left4me',
      ],
      tags: [tags.host],
    }),
    action('temporary-folders', {
      command: 'systemd-tmpfiles --create "$1"',
      arguments: [inSource(temporary)],
      unless: '[ -d /run/left4me/instances ] && [ -d "/var/log/journal/$(cat /etc/machine-id).left4me" ]',
      stamp: [sourceText(files, temporary)],
      needs: ['symlink:/etc/tmpfiles.d/left4me.conf', 'user:left4me'],
      tags: [tags.host],
    }),
    action('journal-of-servers', {
      command: restartJournal,
      stamp: [sourceText(files, journal)],
      undo: onceTakenBack(restartJournal),
      needs: ['symlink:/etc/systemd/journald@left4me.conf'],
      after: ['systemd:daemon-reload'],
      tags: [tags.host],
    }),
  ]
}

/** What was read is read again, from the files that are there when all of a run is taken back. */
function onceTakenBack(afterwards: string): Undo {
  return { command: 'true', afterwards }
}

/** Where the host has a drop-in of the source's. */
export function livePath(path: string): string {
  return `/etc/systemd/system/${posix.basename(posix.dirname(path))}/${posix.basename(path)}`
}

/** `UNIT=FILE`; a template is asked by an instance that doesn't run. */
function unitFor(path: string): string {
  const unit = posix.basename(path)
  return `${instanceOf(unit)}=${unitFolder}/${unit}`
}

function dropInFor(path: string): string {
  const unit = posix.basename(posix.dirname(path)).replace(/\.d$/, '')
  return `${instanceOf(unit)}=${livePath(path)}`
}

function instanceOf(unit: string): string {
  return unit.replace('@.', '@0.')
}
