import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
} from 'node:fs'
import { O_PATH } from '../../files/open-path.ts'
import { HostError } from '../../host-error.ts'
import { deepest } from './disk-use.ts'
import type { TreeResults, TreeTask } from './tree-work.ts'

const { O_DIRECTORY, O_NOFOLLOW } = constants

/**
 * Moves a script's files into folders of our own. Its folders may be held open by somebody who outlives it, who could swap
 * them for links while we go by paths; each is entered by its descriptor, and ours nobody else has. What the files are is
 * looked at when they are sealed. Throws `file-refused`, `bad-path`.
 */
export function takeTree({ from, to }: Extract<TreeTask, { kind: 'take' }>): TreeResults['take'] {
  takeFolder(Buffer.from(from), Buffer.from(`${to}/`), 0)
  return null
}

/** Places of folders of ours, and of open ones, end with a slash. */
function takeFolder(from: Buffer, to: Buffer, depth: number): void {
  if (depth > deepest)
    throw new HostError('bad-path', `The result has folders that lie more than ${deepest} deep.`)
  const descriptor = openSync(from, O_PATH | O_DIRECTORY | O_NOFOLLOW)
  try {
    const here = Buffer.from(`/proc/self/fd/${descriptor}/`)
    // The script may have left a folder that its owner may not enter.
    chmodSync(here, 0o755)
    for (const entry of readdirSync(here, { encoding: 'buffer', withFileTypes: true })) {
      const source = Buffer.concat([here, entry.name])
      const target = Buffer.concat([to, entry.name])
      if (entry.isDirectory()) {
        mkdirSync(target, { mode: 0o755 })
        takeFolder(source, Buffer.concat([target, Buffer.from('/')]), depth + 1)
      } else {
        renameSync(source, target)
        if (lstatSync(target).isDirectory()) throw changed()
      }
    }
  } finally {
    closeSync(descriptor)
  }
}

function changed(): HostError {
  return new HostError('file-refused', 'Somebody changes what the script has left.', {
    remedy: 'Let it hand nothing to other programs, then start the build again.',
  })
}
