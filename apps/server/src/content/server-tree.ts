import { type LayerName, limits, type ServerFile } from '@left4me/contract'
import type { Host, InstanceFile } from '@left4me/host'
import { type LayerIndex, type MergedEntry, MergedTree, type TreeLayer } from '@left4me/protocols'
import { ProblemError } from '../http/problem-error.ts'
import type { LiveServers } from '../live/live-servers.ts'
import type { ServerRecord } from '../servers/server-directory.ts'
import { serverConfigPath } from '../servers/settings/server-config.ts'
import type { ContentDependencies } from './content-of-server.ts'
import { installationName, layerNameOf, type StackLayer, upperName } from './server-stack.ts'

export interface ServerTreeDependencies {
  readonly host: Pick<Host, 'files'>
  readonly live: Pick<LiveServers, 'status'>
  readonly content: Pick<ContentDependencies, 'stacks' | 'indexes' | 'installation'>
}

/** One layer of the stack, uppermost first. */
export type TreePart =
  | { readonly kind: 'upper'; readonly name: LayerName; readonly tree: TreeLayer }
  | {
      readonly kind: 'overlay'
      readonly name: LayerName
      readonly tree: LayerIndex
      readonly layer: StackLayer
    }
  | {
      readonly kind: 'installation'
      readonly name: LayerName
      readonly tree: LayerIndex
      readonly revision: number | null
    }

/** What a server shows: while it runs what it has mounted, else what its next start takes. */
export interface ServerTree {
  readonly running: boolean
  readonly parts: readonly TreePart[]
}

const pageSize = 500
/** Of one folder; the host lists no more either. */
const mostEntries = 10_000

export async function readServerTree(
  { host, live, content }: ServerTreeDependencies,
  record: ServerRecord,
): Promise<ServerTree> {
  const running = live.status(record.id).pid !== null
  const stack = (running ? await content.stacks.mounted(record) : null) ?? (await content.stacks.next(record))
  const mounted = running ? record.startedWith?.specification.installation : undefined
  const [upper, overlays, game] = await Promise.all([
    host.files(record.id).upper(),
    Promise.all(stack.map(async layer => ({ layer, tree: await content.indexes.of(layer) }))),
    mounted === undefined ? content.installation.current() : installationOf(content, mounted),
  ])
  const parts: TreePart[] = [
    { kind: 'upper', name: upperName, tree: upper },
    ...overlays.map(({ layer, tree }) => ({
      kind: 'overlay' as const,
      name: layerNameOf(layer),
      tree,
      layer,
    })),
  ]
  if (game !== null) {
    const { revision, index } = game
    parts.push({ kind: 'installation', name: installationName(revision), tree: index, revision })
  }
  return { running, parts }
}

/** The part that `layer` of a request names; null for the merged tree. Rejects with `not-found`. */
export function partOf({ parts }: ServerTree, layer: string): TreePart | null {
  if (layer === 'merged') return null
  const found = parts.find(part =>
    part.kind === 'overlay' ? String(part.layer.overlayId) === layer : part.kind === layer,
  )
  if (found) return found
  throw new ProblemError(
    'not-found',
    layer === 'installation'
      ? 'The game is not installed.'
      : `Overlay ${layer} is none of this server’s layers.`,
  )
}

/**
 * One folder, by name. `present`: what the host sees there, for what is no part of any layer (links, sockets). null when
 * there is no such folder.
 */
export function listFolder(
  tree: ServerTree,
  { path, layer, cursor }: { readonly path: string; readonly layer: string; readonly cursor?: string },
  present: readonly InstanceFile[] | null,
): { items: ServerFile[]; nextCursor: string | null } | null {
  const part = partOf(tree, layer)
  // The upper alone has nothing that its deletions hide: it is looked at within the whole.
  const parts = part === null || part.kind === 'upper' ? tree.parts : [part]
  const merged = MergedTree.of(parts.map(each => each.tree))
  const page = merged.list(path, { limit: mostEntries })
  if (page === null && present === null) return null
  const entries = (page?.entries ?? []).filter(entry => part?.kind !== 'upper' || entry.layers.includes(0))
  // What the host finds to be a link, FIFO, socket or device hides what is below it as a file does, but is none.
  const looksInside = part === null || part.kind === 'upper'
  const strange = new Set(
    (looksInside ? (present ?? []) : []).filter(({ kind }) => kind === 'other').map(({ name }) => name),
  )
  const items = [
    ...entries.filter(({ name }) => !strange.has(name)).map(entry => shown(entry, parts)),
    ...[...strange].map(name => other(path, name)),
  ].sort((a, b) => (a.name < b.name ? -1 : 1))
  const rest = cursor === undefined ? items : items.filter(({ name }) => name > cursor)
  const last = rest[pageSize - 1]
  return {
    items: rest.slice(0, pageSize),
    nextCursor: rest.length > pageSize && last !== undefined ? last.name : null,
  }
}

/** Which part shows a path, and what; null where nothing does. */
export function findEntry(
  { parts }: ServerTree,
  path: string,
): { readonly entry: MergedEntry; readonly part: TreePart } | null {
  const entry = MergedTree.of(parts.map(each => each.tree)).find(path)
  const part = entry === null ? undefined : parts[entry.layer]
  return entry === null || part === undefined ? null : { entry, part }
}

function shown(
  { name, path, kind, size, layer, hides }: MergedEntry,
  parts: readonly TreePart[],
): ServerFile {
  const from = parts[layer]
  const secret = path === serverConfigPath && from?.kind === 'upper'
  return {
    name,
    path,
    kind,
    size,
    layer: from?.name ?? null,
    hides: hides.flatMap(hidden => {
      const below = parts[hidden.layer]
      return below === undefined ? [] : [{ layer: below.name, files: hidden.files, bytes: hidden.bytes }]
    }),
    editable: kind === 'file' && (size ?? 0) <= limits.editedFile && !secret,
  }
}

function other(folder: string, name: string): ServerFile {
  return {
    name,
    path: folder === '' ? name : `${folder}/${name}`,
    kind: 'other',
    size: null,
    layer: null,
    hides: [],
    editable: false,
  }
}

async function installationOf({ installation }: Pick<ContentDependencies, 'installation'>, revision: number) {
  const index = await installation.of(revision)
  return index === null ? null : { revision, index }
}
