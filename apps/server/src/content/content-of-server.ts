import type { LayerName } from '@left4me/contract'
import { HostError, type InstanceFiles } from '@left4me/host'
import { ProtocolError, readAddonList, type ServerLayer } from '@left4me/protocols'
import type { ServerRecord } from '../servers/server-directory.ts'
import type { InstallationContent } from './installation-content.ts'
import type { LayerIndexes } from './layer-indexes.ts'
import { installationName, layerNameOf, type ServerStacks, type StackLayer } from './server-stack.ts'

/** The layers of a server's next start, uppermost first, with what they hold. */
export interface NextContent {
  readonly layers: readonly ServerLayer[]
  /** By position. */
  readonly names: readonly LayerName[]
  readonly stack: readonly StackLayer[]
  /** VPKs that the server's `addonlist.txt` switches off. */
  readonly disabledAddons: ReadonlySet<string>
}

export interface ContentDependencies {
  readonly stacks: ServerStacks
  readonly indexes: LayerIndexes
  readonly installation: InstallationContent
  readonly files: (instanceId: number) => Pick<InstanceFiles, 'read'>
}

const addonListPath = 'left4dead2/addonlist.txt'
const addonListBytes = 4 * 1024 * 1024

export async function nextContentOf(
  { stacks, indexes, installation, files }: ContentDependencies,
  record: ServerRecord,
): Promise<NextContent> {
  const stack = await stacks.next(record)
  const [overlays, game, disabledAddons] = await Promise.all([
    Promise.all(stack.map(async layer => ({ name: layer.name, index: await indexes.of(layer) }))),
    installation.current(),
    disabledAddonsOf(files(record.id)),
  ])
  const lowest = installationName(game?.revision ?? null)
  return {
    layers: [
      ...overlays,
      ...(game === null ? [] : [{ name: lowest.name, index: game.index, installation: true }]),
    ],
    names: [...stack.map(layerNameOf), ...(game === null ? [] : [lowest])],
    stack,
    disabledAddons,
  }
}

/** The game writes it anew at each start; one that can't be read switches nothing off. */
async function disabledAddonsOf(files: Pick<InstanceFiles, 'read'>): Promise<ReadonlySet<string>> {
  try {
    const text = await files.read(addonListPath, addonListBytes)
    return text === null ? new Set() : readAddonList(text)
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof HostError) return new Set()
    throw error
  }
}
