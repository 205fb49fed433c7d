import { action, type Item, sysctl } from '@left4me/converge'
import { type SourceFiles, sourceText } from './source-files.ts'
import { tags } from './tags.ts'

/** sysctl.d(5): `key = value`; with a minus sign in front, a key that some kernels don't have. */
const line = /^(-?)([a-z0-9_][a-z0-9_./-]*)\s*=\s*(\S.*)$/

/** The kernel's settings as the linked file has them, now and not just at the next boot. Not for a container: it has none. */
export function kernelSettings(files: SourceFiles): Item[] {
  const path = 'deploy/files/sysctl.conf'
  const settings = sourceText(files, path)
    .split('\n')
    .filter(each => each !== '' && !each.startsWith('#'))
    .map(each => {
      const [, optional, key, value] = line.exec(each) ?? []
      if (key === undefined || value === undefined)
        throw new Error(`${path} has a line that is no setting: ${JSON.stringify(each)}. Write key = value.`)
      return { optional: optional === '-', key, value: value.trim() }
    })
  const always = settings.filter(({ optional }) => !optional)
  return [
    sysctl('99-left4me', {
      folder: null,
      values: Object.fromEntries(always.map(({ key, value }) => [key, value])),
      needs: ['symlink:/etc/sysctl.d/99-left4me.conf'],
      tags: [tags.host],
    }),
    ...settings
      .filter(({ optional }) => optional)
      .map(({ key, value }) =>
        action(`sysctl-${key}`, {
          command: 'exec sysctl -q -w -- "$1=$2"',
          arguments: [key, value],
          unless: 'now=$(sysctl -n -- "$1" 2>/dev/null) || exit 0; [ "$now" = "$2" ]',
          tags: [tags.host],
        }),
      ),
  ]
}
