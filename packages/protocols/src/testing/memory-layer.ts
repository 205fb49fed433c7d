import type { ReadableVpk } from '../content/addon/readable-vpk.ts'
import type { LayerIndex } from '../content/layers/layer-index.ts'
import { inspectLayer } from '../content/preflight/inspect-layer.ts'
import type { LayerSource } from '../content/preflight/layer-source.ts'
import { ProtocolError } from '../protocol-error.ts'
import { readVpkHeader, vpkHeaderBytes } from '../vpk/header.ts'
import { readVpkTree } from '../vpk/tree.ts'
import { buildVpk, type VpkBuilderFile } from './vpk-builder.ts'

type Content = string | Uint8Array
/** Path and content, or content with a mode; 0644 unless said otherwise. */
export type MemoryFiles = Readonly<
  Record<string, Content | { readonly content: Content; readonly mode: number }>
>

/** A layer in memory. */
export function memoryLayer(files: MemoryFiles, emptyFolders: readonly string[] = []): LayerSource {
  const read = (path: string): Uint8Array => {
    const file = files[path]
    if (file === undefined) throw new Error(`${path} isn't in the layer`)
    const content = typeof file === 'string' || file instanceof Uint8Array ? file : file.content
    return typeof content === 'string' ? Buffer.from(content) : content
  }
  return {
    files: Object.entries(files).map(([path, file]) => ({
      path,
      size: read(path).length,
      mode: typeof file === 'string' || file instanceof Uint8Array ? 0o644 : file.mode,
    })),
    emptyFolders,
    readStart: (path, maxBytes) => Promise.resolve(read(path).subarray(0, maxBytes)),
    // Asynchronous, so that errors are rejections as a real reader's are.
    openVpk: async path => memoryVpk(read(path)),
  }
}

export async function indexOf(
  files: MemoryFiles,
  kind: 'overlay' | 'installation' = 'overlay',
): Promise<LayerIndex> {
  return (await inspectLayer(memoryLayer(files), { kind })).index
}

/** The bytes of a VPK of one file. */
export function vpk(files: Readonly<Record<string, Content>> | readonly VpkBuilderFile[]): Uint8Array {
  const list = Array.isArray(files)
    ? (files as readonly VpkBuilderFile[])
    : Object.entries(files).map(([path, content]) => ({ path, content: content as Content }))
  return buildVpk(list).directory
}

export function mission(name: string, maps: readonly string[], mode = 'coop'): string {
  const chapters = maps.map((map, at) => `"${at + 1}" { "Map" "${map}" }`).join(' ')
  return `"mission" { "Name" "${name}" "DisplayTitle" "The ${name}" "modes" { "${mode}" { ${chapters} } } }`
}

function memoryVpk(bytes: Uint8Array): ReadableVpk & AsyncDisposable {
  const header = readVpkHeader(bytes.subarray(0, vpkHeaderBytes), bytes.length)
  const dataStart = header.treeOffset + header.treeBytes
  const tree = readVpkTree(bytes.subarray(header.treeOffset, dataStart), header, bytes.length)
  return {
    ...tree,
    find: path => tree.entries.find(entry => entry.path.toLowerCase() === path.toLowerCase()) ?? null,
    read: async (entry, { from = 0, length = entry.size, maxBytes = length } = {}) => {
      if (entry.archive !== null) throw new ProtocolError('malformed', 'The archive is missing.')
      if (length > maxBytes) throw new ProtocolError('too-large', 'Too large.')
      const start = header.treeOffset + entry.preloadOffset
      const rest = dataStart + entry.offset
      const whole = Buffer.concat([
        bytes.subarray(start, start + entry.preloadBytes),
        bytes.subarray(rest, rest + entry.length),
      ])
      return whole.subarray(from, from + length)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}
