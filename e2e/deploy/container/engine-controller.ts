import { apply, ssh } from '@left4me/converge'
import { nodeOf } from './engine-bed.ts'
import { changingItems } from './engine-changing-node.ts'

/** One apply in a process of its own, to be killed: `engine-controller.ts CONFIGURATION PORT VERSION`. */
const [configuration = '', port = '', version = ''] = process.argv.slice(2)
const report = await apply(
  nodeOf(changingItems(version)),
  ssh({ host: 'bed', user: 'root', port: Number(port), configuration }),
  { holder: 'engine-controller' },
)
process.stdout.write(JSON.stringify(report))
process.exitCode = report.exitCode
