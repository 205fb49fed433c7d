import { type BuiltNode, describeItems, type ItemDescription } from '@left4me/converge'
import { closest } from '../../arguments/closest.ts'
import { UsageError } from '../../cli-error.ts'
import type { Command } from '../../command.ts'
import { printable } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'
import { buildDescribed, probeFlag } from '../build-described.ts'
import type { Deployment } from '../deployment.ts'
import { nodesOption } from '../open-node.ts'

export function items(deployment: Deployment): Command {
  return {
    name: 'items',
    arguments: ['NODE', '[ITEM]'],
    flags: { ...probeFlag, preview: 'Print what the file of ITEM will contain', json: 'Print JSON' },
    options: nodesOption,
    summary: 'List a node’s items in the order of a run, with the bundle of each, or tell all of one',
    async run(invocation, terminal) {
      const built = await buildDescribed(invocation, deployment)
      const described = describeItems(built)
      const [, id] = invocation.arguments
      if (invocation.flags.has('preview')) terminal.write(preview(built, id))
      else {
        const chosen = id === undefined ? described : [found(described, id)]
        if (invocation.flags.has('json') || id !== undefined)
          terminal.write(`${JSON.stringify(id === undefined ? chosen : chosen[0], null, 2)}\n`)
        else terminal.write(table(chosen.map(item => [printable(item.id), item.bundle])))
      }
    },
  }
}

function found(described: readonly ItemDescription[], id: string): ItemDescription {
  const item = described.find(candidate => candidate.id === id)
  if (item !== undefined) return item
  const meant = closest(
    id,
    described.map(candidate => candidate.id),
  )
  throw new UsageError(`there is no item ${id}${meant === null ? '' : `; did you mean ${meant}?`}`)
}

function preview({ graph }: BuiltNode, id: string | undefined): string {
  if (id === undefined) throw new UsageError('--preview needs ITEM, such as file:/etc/left4me/host.env')
  const text = graph.items.get(id)?.preview?.()?.text
  if (text === undefined) throw new UsageError(`${id} is no file of this node`)
  return text === null ? '(secret or not text: not shown)\n' : printable(text, { lines: true })
}
