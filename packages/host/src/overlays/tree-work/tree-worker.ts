import { parentPort } from 'node:worker_threads'
import { HostError } from '../../host-error.ts'
import { copyTree } from './copy-tree.ts'
import { FreshDigests } from './fresh-digests.ts'
import { measureContent } from './measure-content.ts'
import { readUpper } from './read-upper.ts'
import { sealTree } from './seal-tree.ts'
import { syncTree } from './sync-tree.ts'
import { takeTree } from './take-tree.ts'
import type { TreeMessage, TreeProgress, TreeResults, TreeTask } from './tree-work.ts'
import { verifyTree } from './verify-tree.ts'

/** Milliseconds between two messages on progress. */
const progressInterval = 100

const port = parentPort
if (!port) throw new TypeError('this is a worker thread')
const say = (message: TreeMessage) => port.postMessage(message)

const fresh = new FreshDigests()
let last = performance.now()
const progress: TreeProgress = (fraction, bytes) => {
  const now = performance.now()
  if (now - last < progressInterval) return
  last = now
  say({ kind: 'progress', fraction: Math.min(1, fraction), bytes })
}

port.on('message', (task: TreeTask) => {
  try {
    say({ kind: 'done', result: work(task) })
  } catch (error) {
    const known = error instanceof HostError ? error : null
    say({
      kind: 'failed',
      code: known?.code ?? null,
      message: error instanceof Error ? error.message : String(error),
      remedy: known?.remedy ?? null,
      systemCode: (error as NodeJS.ErrnoException).code ?? null,
    })
  }
})

function work(task: TreeTask): TreeResults[TreeTask['kind']] {
  switch (task.kind) {
    case 'copy':
      return copyTree(task, progress, fresh)
    case 'take':
      return takeTree(task)
    case 'seal':
      return sealTree(task, progress, fresh)
    case 'verify':
      return verifyTree(task, progress)
    case 'measure':
      return measureContent(task)
    case 'upper':
      return readUpper(task)
    case 'sync':
      return syncTree(task)
  }
}
