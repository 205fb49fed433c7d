import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  action,
  directory,
  file,
  type Item,
  nftFragment,
  release,
  service,
  sudoers,
  symlink,
  unit,
} from '@left4me/converge'

/**
 * Items of many kinds, each of which is another with another version. What the triggers did can be read on the bed: the
 * action writes the version that it saw to /srv/log, the service the one that it started with to /run/app-version.
 */
export function changingItems(version: string): Item[] {
  const count = 6
  const paths = Array.from({ length: count }, (_, at) => `/srv/app/file-${at}`)
  return [
    directory('/srv/app', { mode: '0755', owner: 'root' }),
    ...paths.map((path, at) =>
      file(path, {
        content: textOf(version, at),
        mode: '0640',
        triggers: at < 3 ? ['action:log', 'service:app'] : ['service:app'],
        // A chain of levels, so that there is always something before and something behind.
        after: at === 0 ? [] : [`file:/srv/app/file-${at - 1}`],
      }),
    ),
    symlink('/srv/app/current', { target: version, triggers: ['service:app'] }),
    action('log', {
      command: 'cat /srv/app/file-2 | head -n 1 >>/srv/log',
      triggered: true,
      triggers: ['action:second'],
    }),
    action('second', { command: 'tail -n 1 /srv/log >>/srv/second-log', triggered: true }),
    unit('app.service', {
      triggers: ['service:app'],
      sections: {
        Unit: { Description: version },
        Service: {
          ExecStart: `/bin/sh -c 'head -n 1 /srv/app/file-5 >/run/app-version; exec sleep infinity'`,
        },
        Install: { WantedBy: 'multi-user.target' },
      },
    }),
    service('app', { enabled: true, running: true }),
    sudoers('bed-app', { content: `# ${version}\ndeployer ALL=(root) NOPASSWD: /usr/bin/true\n` }),
    nftFragment('bed', {
      table: 'inet bed',
      content: `table inet bed
delete table inet bed
table inet bed {
  chain input { type filter hook input priority 0; policy accept; tcp dport 7 drop comment "${version}"; }
}
`,
    }),
    release('/srv/tree', {
      revision: version,
      archive: () => treeOf({ version, large: textOf(version, 9).repeat(20) }),
      owner: 'root',
      group: 'root',
    }),
  ]
}

export function textOf(version: string, at: number): string {
  return `${version}\n${`${version} ${at}\n`.repeat(150)}`
}

function treeOf(files: Readonly<Record<string, string>>): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'left4me-tree-'))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    return execFileSync('tar', ['-c', '-C', folder, '.'])
  } finally {
    rmSync(folder, { recursive: true })
  }
}
