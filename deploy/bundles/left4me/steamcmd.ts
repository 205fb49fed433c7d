import { action, type Item } from '@left4me/converge'
import { hostPaths } from '@left4me/privileged'
import { hostScript } from '../host-script.ts'
import { tags } from './tags.ts'

const folder = `${hostPaths.root}/steam`

/** Valve's installer, once: it replaces itself afterwards, so that what is there is kept whatever the address says. */
export function steamcmd(url: string): Item {
  return action('steamcmd', {
    command: hostScript(import.meta.dirname, 'steamcmd.sh'),
    arguments: [folder, url],
    unless: '[ -f "$1/steamcmd.sh" ] && [ -x "$1/steamcmd.sh" ]',
    user: 'left4me',
    folder,
    timeout: 900,
    needs: ['package:curl', 'package:ca-certificates'],
    tags: [tags.host],
  })
}
