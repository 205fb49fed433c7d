import { buildUpload } from './instances.ts'
import { openTestStore } from './overlay-stores.ts'

/**
 * Builds one revision after the other until it is killed: build-again-and-again.ts ROOT FIRST STEP. Of each there is
 * something to copy and something to share. Where STEP isn't empty it stops itself (SIGSTOP) as that step of a build begins.
 */
const [root = '', first = '1', step = ''] = process.argv.slice(2)
const store = openTestStore(root)
process.send?.('ready')
for (let revision = Number(first); ; revision++)
  await buildUpload(store, 1, revision, {
    onProgress: ({ activity }) => {
      if (activity === step) process.kill(process.pid, 'SIGSTOP')
    },
  })
