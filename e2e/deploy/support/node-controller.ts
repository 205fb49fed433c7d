import { apply, ssh } from '../../../packages/converge/src/index.ts'
import { bedController, bedNode } from './node-bed.ts'

/**
 * One apply of the left4me node in a process of its own, to be killed in its midst. Its only argument is an `Order`, in
 * JSON. Prints a line for each step that begins or ends.
 */
export interface Order {
  readonly sshConfig: string
  readonly checkout: string
  readonly metadata: Parameters<typeof bedNode>[0]
  readonly left4me: Readonly<Record<string, unknown>>
}

const [text = ''] = process.argv.slice(2)
const order = JSON.parse(text) as Order
const report = await apply(
  bedNode(order.metadata, order.left4me, bedController(order.checkout)),
  ssh({ host: 'target', configuration: order.sshConfig }),
  { onProgress: ({ kind, id }) => process.stdout.write(`${kind} ${id}\n`) },
)
process.exitCode = report.exitCode
