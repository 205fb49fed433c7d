import { describeMetadata, type MetadataValue } from '@left4me/converge'
import type { Command } from '../../command.ts'
import { printable } from '../../terminal/printable.ts'
import { table } from '../../terminal/table.ts'
import { buildDescribed, probeFlag } from '../build-described.ts'
import type { Deployment } from '../deployment.ts'
import { nodesOption } from '../open-node.ts'

export function metadata(deployment: Deployment): Command {
  return {
    name: 'metadata',
    arguments: ['NODE'],
    flags: { ...probeFlag, blame: 'Say which layers gave each value', json: 'Print JSON' },
    options: {
      key: { value: 'A/B', meaning: 'Only what is at or below this key', short: 'k' },
      ...nodesOption,
    },
    summary: 'Tell a node’s metadata, every layer merged; secrets by name',
    async run(invocation, terminal) {
      const built = await buildDescribed(invocation, deployment)
      const values = (invocation.options.get('key') ?? ['']).flatMap(key => describeMetadata(built, key))
      terminal.write(
        invocation.flags.has('json')
          ? `${JSON.stringify(values, null, 2)}\n`
          : table(values.map(value => row(value, invocation.flags.has('blame')))),
      )
    },
  }
}

function row({ path, value, layers }: MetadataValue, blame: boolean): string[] {
  return [printable(path), ...(blame ? [layers.join(', ')] : []), printable(JSON.stringify(value))]
}
