import type { OverlayUpload, ProblemCode } from '@left4me/contract'
import { describe, expect, it } from 'vitest'
import { unreachable } from '../../api/call.ts'
import { ProblemError } from '../../api/problem-error.ts'
import type { UploadApi } from './upload-api.ts'
import { partSize, UploadTransfer, type UploadView } from './upload-transfer.ts'

/** What left4me does with uploads, kept in memory; `next` says what the next parts meet. */
class MemoryUploads implements UploadApi {
  readonly uploads = new Map<number, { upload: OverlayUpload; content: Uint8Array[] }>()
  readonly taken: { id: number; path: string | null; whole: boolean }[] = []
  readonly offsets: number[] = []
  readonly next: (ProblemCode | 'unreachable' | 'lost-answer' | 'forgotten')[] = []
  #lastId = 0

  async list() {
    return [...this.uploads.values()].map(({ upload }) => ({ ...upload }))
  }

  async create(_: number, { name, size }: { name: string; size: number }) {
    this.#lastId += 1
    const upload = { id: this.#lastId, name, size, received: 0, createdAt: '2026-11-23T00:00:00Z' }
    this.uploads.set(upload.id, { upload, content: [] })
    return { ...upload }
  }

  async sendPart(
    _: number,
    { id, received }: OverlayUpload,
    part: Blob,
    { signal, onSent }: { signal: AbortSignal; onSent: (bytes: number) => void },
  ) {
    signal.throwIfAborted()
    this.offsets.push(received)
    const next = this.next.shift()
    const trouble = next === 'forgotten' ? undefined : next
    if (next === 'forgotten') this.uploads.delete(id)
    const there = this.uploads.get(id)
    if (!there) throw problem('not-found', 404)
    if (received !== there.upload.received) throw problem('upload-offset', 409)
    if (trouble === 'unreachable') throw unreachable()
    if (trouble !== undefined && trouble !== 'lost-answer') throw problem(trouble, 507)
    there.content.push(new Uint8Array(await part.arrayBuffer()))
    there.upload = { ...there.upload, received: received + part.size }
    onSent(part.size)
    if (trouble === 'lost-answer') throw unreachable()
    return { ...there.upload }
  }

  async take(_: number, id: number, path: string | null) {
    this.taken.push({ id, path, whole: isWhole(this.uploads.get(id)?.content ?? []) })
    this.uploads.delete(id)
    // Of the job only its number counts here.
    return { id: 7 } as Awaited<ReturnType<UploadApi['take']>>
  }

  async remove(_: number, id: number) {
    this.uploads.delete(id)
  }
}

const problem = (code: ProblemCode, status: number) =>
  new ProblemError({ code, status, title: code, detail: `Refused: ${code}.` })

/** A part in another place would be another content. */
const content = new Uint8Array(partSize * 2 + 1000).map((_, index) => index % 251)
const file = () => new File([content], 'urban.vpk', { lastModified: 1 })

function isWhole(parts: readonly Uint8Array[]): boolean {
  let at = 0
  const same = parts.every(part => part.every(byte => byte === content[at++]))
  return same && at === content.length
}

function transferOf(api: UploadApi, options: { file?: File; kept?: Map<number, string> } = {}) {
  const waits: number[] = []
  const views: UploadView[] = []
  const kept = options.kept ?? new Map<number, string>()
  const transfer: UploadTransfer = new UploadTransfer({
    api,
    key: 1,
    overlayId: 3,
    file: options.file ?? file(),
    path: null,
    isTaken: () => false,
    fingerprints: {
      get: id => kept.get(id) ?? null,
      set: (id, fingerprint) => void kept.set(id, fingerprint),
      delete: id => void kept.delete(id),
    },
    onChange: () => views.push(transfer.view),
    wait: async (ms, signal) => {
      signal.throwIfAborted()
      waits.push(ms)
    },
    now: () => views.length * 100,
  })
  return { transfer, waits, views, kept }
}

describe('UploadTransfer', () => {
  it('sends a file in parts and has it taken', async () => {
    const api = new MemoryUploads()
    const { transfer, kept } = transferOf(api)
    await transfer.run()
    expect(api.offsets).toEqual([0, partSize, 2 * partSize])
    expect(api.taken).toEqual([{ id: 1, path: null, whole: true }])
    expect(transfer.view).toMatchObject({ phase: 'taking', jobId: 7, sent: content.length, error: null })
    expect(kept.size).toBe(0)
  })

  it('tries again later and later while nothing answers, and sends nothing twice', async () => {
    const api = new MemoryUploads()
    api.next.push('unreachable', 'unreachable', 'unreachable', 'lost-answer')
    const { transfer, waits, views } = transferOf(api)
    await transfer.run()
    expect(waits).toEqual([1000, 2000, 4000, 8000])
    expect(views.some(({ phase }) => phase === 'retrying')).toBe(true)
    expect(api.offsets).toEqual([0, 0, 0, 0, partSize, 2 * partSize])
    expect(api.taken[0]?.whole).toBe(true)
  })

  it('goes on with what left4me has of the same file, also after the page was loaded anew', async () => {
    const api = new MemoryUploads()
    const first = transferOf(api)
    api.next.push('disk-full')
    const begun = await api.create(3, { name: 'urban.vpk', size: content.length })
    await api
      .sendPart(3, begun, file().slice(0, partSize), { signal: never, onSent: () => {} })
      .catch(() => {})
    await api.sendPart(3, begun, file().slice(0, partSize), { signal: never, onSent: () => {} })
    api.offsets.length = 0
    await first.transfer.run()
    expect(api.offsets).toEqual([partSize, 2 * partSize])
    expect(api.taken[0]?.whole).toBe(true)
  })

  it('begins anew when another file of that name and size was begun with here', async () => {
    const api = new MemoryUploads()
    const kept = new Map([[1, `${content.length}-999`]])
    await api.create(3, { name: 'urban.vpk', size: content.length })
    const { transfer } = transferOf(api, { kept })
    await transfer.run()
    expect(api.taken).toEqual([{ id: 2, path: null, whole: true }])
    expect([...api.uploads.keys()]).toEqual([1])
  })

  it('asks how far it is when another tab has sent a part, and begins anew when left4me forgot it', async () => {
    const api = new MemoryUploads()
    const { transfer } = transferOf(api)
    api.next.push('upload-offset', 'forgotten')
    await transfer.run()
    expect(api.offsets).toEqual([0, 0, 0, partSize, 2 * partSize])
    expect(api.taken[0]?.id).toBe(2)
  })

  it('stops at what trying again can’t help, says it, and goes on when asked to', async () => {
    const api = new MemoryUploads()
    api.next.push('disk-full')
    const { transfer, waits } = transferOf(api)
    await transfer.run()
    expect(waits).toEqual([])
    expect(transfer.view).toMatchObject({ phase: 'failed', error: { message: 'Refused: disk-full.' } })
    await transfer.run()
    expect(transfer.view.phase).toBe('taking')
  })

  it('pauses in the middle, keeps what is there, and gives it up when cancelled', async () => {
    const api = new MemoryUploads()
    const { transfer, views } = transferOf(api)
    const run = transfer.run()
    await Promise.resolve()
    transfer.pause()
    await run
    expect(transfer.view.phase).toBe('paused')
    expect(views.at(-1)?.phase).toBe('paused')
    await transfer.run()
    expect(transfer.view.phase).toBe('taking')
    const other = transferOf(api)
    api.next.push('disk-full')
    await other.transfer.run()
    expect(api.uploads.size).toBe(1)
    await other.transfer.cancel()
    expect(api.uploads.size).toBe(0)
  })
})

const never = new AbortController().signal
