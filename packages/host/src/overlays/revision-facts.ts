import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeLayerIndex, inspectLayer } from '@left4me/protocols'
import type { LayerReference } from '../host.ts'
import { HostError } from '../host-error.ts'
import type { Layout } from '../layout.ts'
import { layerFolder } from './layer-folder.ts'
import type { RevisionSummary } from './overlay-contract.ts'
import {
  beginRecord,
  publishRecord,
  readSummary,
  recordFiles,
  recordOf,
  writeRecord,
} from './revision-record.ts'
import { readFileList } from './tree-work/file-list.ts'
import { runTreeWork } from './tree-work/run-tree-work.ts'

const running = new Map<string, Promise<RevisionSummary>>()

/**
 * The summary of a published revision. One that has no record (published before there were any, or copied here without
 * it) gets one, which then says what is there now.
 */
export async function summaryOf(layout: Layout, layer: LayerReference): Promise<RevisionSummary> {
  const paths = layout.overlay(layer.overlayId)
  const known = await readSummary(paths, layer.revision)
  if (known) return known
  const place = layout.revision(layer.overlayId, layer.revision)
  const making = running.get(place) ?? makeRecord(layout, layer).finally(() => running.delete(place))
  running.set(place, making)
  return making
}

async function makeRecord(layout: Layout, { overlayId, revision }: LayerReference): Promise<RevisionSummary> {
  const paths = layout.overlay(overlayId)
  const root = layout.revision(overlayId, revision)
  const { signal } = new AbortController()
  const record = await beginRecord(paths, revision)
  const manifest = join(record, recordFiles.files)
  const sealed = await runTreeWork(
    { kind: 'seal', root, previous: null, maxBytes: Number.MAX_SAFE_INTEGER, keepLinks: true, manifest },
    { signal },
  )
  const { index, findings } = await inspectLayer(layerFolder(root, sealed), { kind: 'overlay' })
  const summary: RevisionSummary = {
    overlayId,
    revision,
    publishedAt: Math.round((await stat(root)).ctimeMs),
    kind: 'upload',
    files: sealed.files.length,
    bytes: sealed.bytes,
    digest: sealed.digest,
    findings,
    sources: [],
  }
  await writeRecord(record, summary, encodeLayerIndex(index))
  await publishRecord(paths, record, revision)
  return summary
}

/** The layer index of a published revision; made anew when it can't be read. */
export async function readIndexOf(layout: Layout, layer: LayerReference): Promise<string> {
  await summaryOf(layout, layer)
  const record = recordOf(layout.overlay(layer.overlayId), layer.revision)
  const place = join(record, recordFiles.index)
  const text = await readFile(place, 'utf8').catch(() => null)
  if (text !== null && isReadable(text)) return text
  const { files, emptyFolders } = readFileList(join(record, recordFiles.files))
  const root = layout.revision(layer.overlayId, layer.revision)
  const { index } = await inspectLayer(layerFolder(root, { files, emptyFolders }), { kind: 'overlay' })
  const anew = encodeLayerIndex(index)
  const temporary = `${place}.tmp`
  await writeFile(temporary, anew, { mode: 0o600 })
  await rename(temporary, place).catch(cause => {
    throw new HostError('unavailable', 'The layer’s index can’t be written.', { cause })
  })
  return anew
}

/** How every index of this version begins: whoever decodes it checks the rest. */
const [indexStart = ''] = encodeLayerIndex({ folders: [], vpks: [], missions: [] }).split('"folders"')

function isReadable(text: string): boolean {
  return text.startsWith(indexStart) && text.endsWith('}')
}
