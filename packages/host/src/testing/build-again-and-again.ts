import { buildUpload } from './instances.ts'
import { openTestStore } from './overlay-stores.ts'

/**
 * Builds one revision after the other until it is killed: build-again-and-again.ts ROOT FIRST. Of each there is something
 * to copy and something to share.
 */
const [root = '', first = '1'] = process.argv.slice(2)
const store = openTestStore(root)
process.send?.('ready')
for (let revision = Number(first); ; revision++) await buildUpload(store, 1, revision)
