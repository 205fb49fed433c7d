import { askFacts } from '@left4me/converge'
import type { Command } from '../../command.ts'
import type { Deployment } from '../deployment.ts'
import { nodesOption, openNode } from '../open-node.ts'

export function facts(deployment: Deployment): Command {
  return {
    name: 'facts',
    arguments: ['NODE'],
    flags: {},
    options: nodesOption,
    summary: 'Ask a machine what only it can say, as JSON: nodes/NODE.facts.json is where to keep it',
    details: 'Changes nothing. With the file, “test”, “items” and “metadata” need no machine.',
    async run(invocation, terminal) {
      const { node, transport } = await openNode(invocation, deployment)
      terminal.write(`${JSON.stringify(await askFacts(node, transport, deployment.signal), null, 2)}\n`)
    },
  }
}
