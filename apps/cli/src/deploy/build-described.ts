import { askFacts, type BuiltNode, buildNode } from '@left4me/converge'
import type { Invocation } from '../command.ts'
import type { Deployment } from './deployment.ts'
import { openNode } from './open-node.ts'

/** For commands that tell what a node is: `--probe`. */
export const probeFlag = {
  probe: 'Ask the machine for its facts, instead of taking what was recorded',
} as const

/** The node that the first argument names, with its metadata resolved and its items made. */
export async function buildDescribed(invocation: Invocation, deployment: Deployment): Promise<BuiltNode> {
  const { node, transport } = await openNode(invocation, deployment)
  if (!invocation.flags.has('probe')) return buildNode(node)
  return buildNode(node, await askFacts(node, transport, deployment.signal))
}
