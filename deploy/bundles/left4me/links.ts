import { posix } from 'node:path'
import { directory, type Item, symlink } from '@left4me/converge'
import { hostPaths } from '@left4me/privileged'
import { livePath } from './proofs.ts'
import { type SourceFiles, sourcePaths } from './source-files.ts'
import { need, tags } from './tags.ts'

const inSource = (path: string) => `${hostPaths.source}/${path}`

/** Files that root trusts and that no program replaces: the live ones are those of the checkout, which is exchanged whole. */
const links: Readonly<Record<string, string>> = {
  '/etc/sudoers.d/left4me': 'deploy/files/sudoers',
  '/etc/sysctl.d/99-left4me.conf': 'deploy/files/sysctl.conf',
  '/etc/tmpfiles.d/left4me.conf': 'deploy/files/tmpfiles.conf',
  '/etc/systemd/journald@left4me.conf': 'deploy/files/journald@left4me.conf',
}

/** Links from where the system looks into /opt/left4me/src: root's programs, its rules, and drop-ins of units. */
export function sourceLinks(files: SourceFiles): Item[] {
  const dropIns = sourcePaths(files, 'deploy/files/systemd').filter(path => path.endsWith('.conf'))
  const programs = ['libexec', 'sbin'].flatMap(kind =>
    sourcePaths(files, `deploy/scripts/${kind}`).map(path => {
      const folder = kind === 'sbin' ? '/usr/local/sbin' : hostPaths.helpers
      return [`${folder}/${posix.basename(path)}`, path] as const
    }),
  )
  const link = (path: string, target: string, triggers: readonly string[] = []) =>
    symlink(path, { target: inSource(target), needs: need('source'), tags: [tags.host], triggers })
  return [
    ...Object.entries(links).map(([path, target]) => link(path, target)),
    ...programs.map(([path, target]) => link(path, target)),
    ...[...new Set(dropIns.map(path => posix.dirname(livePath(path))))].map(path =>
      directory(path, { mode: '0755', owner: 'root', group: 'root', tags: [tags.host] }),
    ),
    ...dropIns.map(path => link(livePath(path), path, ['systemd:daemon-reload'])),
  ]
}
