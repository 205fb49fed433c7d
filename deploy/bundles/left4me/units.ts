import { posix } from 'node:path'
import { dropIn, type Item, service, unit } from '@left4me/converge'
import { hostPaths } from '@left4me/privileged'
import { type SourceFiles, sourcePaths, sourceText } from './source-files.ts'
import { need, tags } from './tags.ts'

const folder = 'deploy/files/systemd'

/** Where they are on a host. */
export const unitFolder = '/usr/local/lib/systemd/system'

/** The units of a source. */
export function unitPaths(files: SourceFiles): string[] {
  return sourcePaths(files, folder).filter(path => posix.dirname(path) === folder)
}

/**
 * The units, as regular files: `systemctl disable` deletes every link to a unit that is linked, the template's own
 * included. systemd judges each before it is live, so that its programs come first.
 */
export function units(files: SourceFiles, threads: number): Item[] {
  return [
    ...unitPaths(files).map(path => {
      const name = posix.basename(path)
      const text = sourceText(files, path)
      return unit(name, {
        sections: text,
        // Those that it requires come at the same time.
        beside: `${hostPaths.source}/${folder}`,
        needs: [...need('source', 'runtime'), ...programsOf(text)],
        tags: [tags.host],
        ...(name === 'left4me-web.service' ? { triggers: [`tag:${tags.web}`] } : {}),
      })
    }),
    dropIn('left4me-web.service/99-left4me-threads', {
      sections: { Service: { Environment: `UV_THREADPOOL_SIZE=${threads}` } },
      tags: [tags.host],
      triggers: [`tag:${tags.web}`],
    }),
  ]
}

/** What runs on every host besides the web application, which is the release's. */
export function services(): Item[] {
  const runs = { enabled: true, running: true, tags: [tags.host] }
  return [
    service('left4me-firewall', { ...runs, onTrigger: 'reload' }),
    service('left4me-disk-limit.timer', { ...runs, triggeredBy: ['unit:left4me-disk-limit.timer'] }),
    service('left4me-workshop-refresh.timer', {
      ...runs,
      triggeredBy: ['unit:left4me-workshop-refresh.timer'],
    }),
  ]
}

/** Links to programs of ours, and packages that units name. */
function programsOf(text: string): string[] {
  const own = text.match(/\/usr\/local\/(?:libexec\/left4me|sbin)\/[\w-]+/g) ?? []
  return [
    ...[...new Set(own)].map(path => `symlink:${path}`),
    ...(text.includes('/usr/bin/tini') ? ['package:tini'] : []),
    ...(text.includes('/usr/sbin/nft') ? ['package:nftables'] : []),
  ]
}
