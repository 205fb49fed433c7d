import { isAbsolute, resolve } from 'node:path'
import { localShell, type Node, ssh, type Transport } from '@left4me/converge'
import type { HostDefinition } from '@left4me/deploy'
import type { Invocation } from '../command.ts'
import { DefinitionError } from './definition-error.ts'
import type { Deployment } from './deployment.ts'
import { readNode } from './node-files.ts'

/** For commands about nodes: `--nodes FOLDER`. */
export const nodesOption = {
  nodes: { value: 'FOLDER', meaning: 'Where the node files are, instead of deploy/nodes' },
} as const

export function nodesFolder({ options }: Invocation, deployment: Deployment): string {
  const named = options.get('nodes')?.at(-1)
  return named === undefined ? deployment.nodesFolder : resolve(named)
}

/** The node that the first argument names, and the way to its machine. Asks nobody. */
export async function openNode(
  invocation: Invocation,
  deployment: Deployment,
): Promise<{ node: Node; transport: Transport }> {
  const [name = ''] = invocation.arguments
  const folder = nodesFolder(invocation, deployment)
  const definition = await readNode(folder, name)
  return {
    node: deployment.makeNode(name, definition),
    transport: transportOf(name, definition, folder),
  }
}

/** By ssh as root to the panel's domain, unless the node says otherwise. */
function transportOf(name: string, { connection, metadata }: HostDefinition, folder: string): Transport {
  if (connection?.kind === 'local') return localShell()
  const {
    kind: _,
    host = domainOf(metadata),
    user = 'root',
    configuration,
    ...rest
  } = connection ?? { kind: 'ssh' }
  if (host === null)
    throw new DefinitionError(
      `The node ${name} has no left4me/domain, and so no address. Set it, or connection.host.`,
    )
  return ssh({
    ...rest,
    host,
    user,
    ...(configuration === undefined
      ? {}
      : { configuration: isAbsolute(configuration) ? configuration : resolve(folder, configuration) }),
  })
}

function domainOf(metadata: HostDefinition['metadata']): string | null {
  const { left4me } = metadata
  if (typeof left4me !== 'object' || left4me === null || !('domain' in left4me)) return null
  return typeof left4me.domain === 'string' && left4me.domain !== '' ? left4me.domain : null
}
