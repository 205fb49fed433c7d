import { join } from 'node:path'
import { buildGraph } from '../relations/graph.ts'
import { applySubject, known } from '../run/converge.ts'
import { localShell } from '../transport/transport.ts'
import { interruptedItems } from './interrupted-items.ts'

/** One apply in a process of its own, to be killed: `apply-once.ts FOLDER VERSION`. */
const [folder = '', version = ''] = process.argv.slice(2)
const graph = buildGraph(interruptedItems(folder, version).map(item => ({ item, bundle: 'test' })))
const report = await applySubject(known({ name: 'scratch', graph }), localShell(), {
  stateFolder: join(folder, 'state'),
  holder: 'apply-once',
})
process.exitCode = report.exitCode
