import { join } from 'node:path'
import { action } from '../items/action.ts'
import { file } from '../items/file.ts'
import type { Item } from '../items/item.ts'

/**
 * Twelve files in four levels. The first three trigger an action, which comes after all and says in `log` which version it
 * saw: a run that is cut between the two has changed what triggers, and hasn't reacted. It waits while `slow` is there.
 */
export function interruptedItems(folder: string, version: string): Item[] {
  return [
    ...Array.from({ length: 12 }, (_, at) =>
      file(join(folder, `f${at}`), {
        content: `${version} ${at}\n`.repeat(200),
        ...(at < 3 ? { triggers: ['action:restart'] } : { needs: [`file:${join(folder, `f${at - 3}`)}`] }),
      }),
    ),
    action('restart', {
      command: 'while [ -e "$1/slow" ]; do sleep 0.05; done; head -n 1 "$1/f0" | cut -d " " -f 1 >> "$1/log"',
      arguments: [folder],
      triggered: true,
      after: ['file:'],
    }),
  ]
}
