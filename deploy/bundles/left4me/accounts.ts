import { directory, group, type Item, user } from '@left4me/converge'
import { serviceUserId } from '@left4me/privileged'
import { tags } from './tags.ts'

const before = { tags: [tags.host] }
const service = { owner: 'left4me', group: 'left4me', ...before }
const root = { mode: '0755', owner: 'root', group: 'root', ...before }

/** Who left4me runs as. The numbers are pinned: ownership of files survives rebuilds and restores. */
export function accounts(): Item[] {
  return [
    group('left4me', { gid: serviceUserId, ...before }),
    user('left4me', {
      uid: serviceUserId,
      group: 'left4me',
      home: '/var/lib/left4me',
      shell: '/usr/sbin/nologin',
      ...before,
    }),
  ]
}

/** Root's folders: whoever owns a folder can exchange what is in it. */
const foldersOfRoot = [
  '/opt/left4me',
  '/etc/left4me',
  '/etc/left4me/nftables.d',
  '/usr/local/lib/left4me',
  '/usr/local/libexec',
  '/usr/local/libexec/left4me',
  '/var/lib/left4me',
  '/var/lib/left4me/app',
  '/var/lib/left4me/runtime',
]

/** The service's own folders, as deploy/files/tmpfiles.conf has them. */
const foldersOfService: Readonly<Record<string, string>> = {
  '/var/lib/left4me/data': '0700',
  '/var/lib/left4me/steam': '0755',
  '/var/lib/left4me/.steam': '0755',
  '/var/lib/left4me/installation': '0755',
  '/var/lib/left4me/overlays': '0755',
  '/var/lib/left4me/instances': '0750',
  '/var/lib/left4me/tmp': '0750',
}

/** Everything that lies on a host, from the outside in. What is in the service's folders is left alone. */
export function folders(): Item[] {
  return [
    ...foldersOfRoot.map(path => directory(path, root)),
    ...Object.entries(foldersOfService).map(([path, mode]) => directory(path, { mode, ...service })),
    directory('/var/cache/left4me-helpers', { ...root, mode: '0700' }),
  ]
}
