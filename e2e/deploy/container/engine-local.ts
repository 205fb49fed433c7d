import { apply, localShell } from '@left4me/converge'
import { nodeOf, notOk } from './engine-bed.ts'
import { changingItems } from './engine-changing-node.ts'

/** One apply to the machine that this runs on: `engine-local.ts VERSION`. Prints what wasn't as it should be. */
const [version = ''] = process.argv.slice(2)
const report = await apply(nodeOf(changingItems(version)), localShell())
process.stdout.write(JSON.stringify(notOk(report)))
process.exitCode = report.exitCode
