import { limits } from '@left4me/contract'
import { HostError, type InstanceFiles, type OverlayStore } from '@left4me/host'
import { ProblemError, refuse } from '../http/problem-error.ts'
import { serverConfigPath } from '../servers/settings/server-config.ts'
import type { InstallationContent } from './installation-content.ts'
import { findEntry, partOf, type ServerTree, type TreePart } from './server-tree.ts'

export interface FileSources {
  readonly files: Pick<InstanceFiles, 'read'>
  readonly store: Pick<OverlayStore, 'readFile'>
  readonly installation: Pick<InstallationContent, 'read'>
}

/** Where a server's file is looked for. */
export interface FileQuestion {
  readonly path: string
  /** `merged`, `upper`, `installation`, or the id of an overlay. */
  readonly layer: string
  readonly maxBytes: number
}

/**
 * One file as the server shows it, or as one layer has it. Rejects with `not-found`, with `body-too-large` beyond
 * `maxBytes`, and as the host does for what is no plain file. `tree` is asked for only where it is needed: it reads the
 * whole upper.
 */
export async function readServerFile(
  sources: FileSources,
  tree: () => Promise<ServerTree>,
  question: FileQuestion,
): Promise<Buffer> {
  const { path, layer, maxBytes } = question
  if (layer === 'merged') {
    refuseBadPath(path)
    refuseGeneratedConfig(path)
    const own = await sources.files.read(path, maxBytes).catch(nullForRefusal)
    if (own !== null) return own
  }
  return readFromTree(sources, await tree(), question)
}

/** Why it is refused is seen better in the tree: too large, a folder, or no file at all. */
function nullForRefusal(error: unknown): null {
  if (error instanceof HostError && error.code === 'file-refused') return null
  throw error
}

async function readFromTree(
  sources: FileSources,
  tree: ServerTree,
  { path, layer, maxBytes }: FileQuestion,
): Promise<Buffer> {
  refuseBadPath(path)
  const named = partOf(tree, layer)
  if (named === null || named.kind === 'upper') refuseGeneratedConfig(path)
  const found = findEntry(tree, path)
  const part = named === null || named.kind === 'upper' ? (found?.part ?? null) : named
  if (part === null || (named !== null && named !== part)) throw noFile(path)
  if (named === null || named.kind === 'upper') refuseUnlessFile(path, found?.entry.kind ?? 'deleted')
  if ((found?.entry.size ?? 0) > maxBytes && found?.part === part) throw tooLarge(path, maxBytes)
  const content = await readPart(sources, part, path, maxBytes)
  if (content === null) throw noFile(path)
  return content
}

function readPart(
  { files, store, installation }: FileSources,
  part: TreePart,
  path: string,
  maxBytes: number,
): Promise<Buffer | null> {
  switch (part.kind) {
    case 'upper':
      return files.read(path, maxBytes)
    case 'overlay':
      return store.readFile(part.layer, path, maxBytes)
    case 'installation':
      return installation.read(part.revision, path, maxBytes)
  }
}

/** left4me's own server.cfg holds the RCON password, which is nobody's to see: the console needs none. */
export function refuseGeneratedConfig(path: string): void {
  if (path !== serverConfigPath) return
  throw refuse(
    'not-allowed',
    '/path',
    'left4me writes this file at each start, with the RCON password in it. Its lines are shown, and changed, under Config.',
  )
}

/** Whatever a plugin copied it into. */
export function refuseSecret(content: Buffer, secret: string): void {
  if (!content.includes(secret)) return
  throw refuse(
    'not-allowed',
    '/path',
    'This file holds the RCON password of the server, so that it isn’t shown.',
  )
}

/** Relative to the game's root, by plain names. The host checks it once more, component by component. */
export function refuseBadPath(path: string): void {
  const names = path.split('/')
  if (!/[\p{Cc}\\]/u.test(path) && names.every(name => name !== '' && name !== '.' && name !== '..')) return
  throw refuse(
    'invalid-input',
    '/path',
    'Must be relative to the game’s root, by plain names between slashes.',
  )
}

export async function readBody(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of content) {
    bytes += chunk.length
    if (bytes > limits.editedFile) throw tooLarge('What was sent', limits.editedFile)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function refuseUnlessFile(path: string, kind: 'file' | 'folder' | 'deleted'): void {
  if (kind === 'file') return
  if (kind === 'deleted') throw noFile(path)
  throw refuse('invalid-input', '/path', `${path} is a folder.`)
}

function tooLarge(what: string, maxBytes: number): ProblemError {
  return new ProblemError(
    'body-too-large',
    `${what} has more than ${maxBytes / 1024} KiB. Larger files are brought by an overlay.`,
  )
}

function noFile(path: string): ProblemError {
  return new ProblemError('not-found', `There is no file ${path}.`)
}
