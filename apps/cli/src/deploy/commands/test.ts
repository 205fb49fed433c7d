import { testNode } from '@left4me/converge'
import { errorLine } from '../../cli-error.ts'
import type { Command } from '../../command.ts'
import { isWrongDefinition } from '../definition-error.ts'
import type { Deployment } from '../deployment.ts'
import { listNodes, readNode } from '../node-files.ts'
import { nodesFolder, nodesOption } from '../open-node.ts'

interface Outcome {
  readonly node: string
  readonly items?: number
  readonly hash?: string
  readonly error?: string
}

export function test(deployment: Deployment): Command {
  return {
    name: 'test',
    arguments: ['[NODE]'],
    flags: { json: 'Print JSON' },
    options: nodesOption,
    summary: 'Build a node’s items, or all nodes’, in several orders, and say what is wrong with them',
    details:
      'Asks no machine. What only a machine can say comes from NODE.facts.json, which “facts” records.',
    async run(invocation, terminal) {
      const folder = nodesFolder(invocation, deployment)
      const [wanted] = invocation.arguments
      const names = wanted === undefined ? await listNodes(folder) : [wanted]
      const outcomes: Outcome[] = []
      for (const node of names) outcomes.push(await outcomeOf(folder, node, deployment))
      terminal.write(
        invocation.flags.has('json') ? `${JSON.stringify(outcomes, null, 2)}\n` : outcomes.map(line).join(''),
      )
      if (outcomes.some(({ error }) => error !== undefined)) terminal.setExitCode(2)
    },
  }
}

async function outcomeOf(folder: string, node: string, { makeNode }: Deployment): Promise<Outcome> {
  try {
    return { node, ...testNode(makeNode(node, await readNode(folder, node))) }
  } catch (error) {
    if (!isWrongDefinition(error)) throw error
    return { node, error: errorLine(error) }
  }
}

function line({ node, items, hash, error }: Outcome): string {
  return error === undefined ? `${node}: ${items} items, ${hash?.slice(0, 12)}\n` : `${node}: ${error}\n`
}
