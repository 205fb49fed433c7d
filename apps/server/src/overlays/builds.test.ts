import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type {
  Job,
  JobLogLine,
  List,
  Overlay,
  OverlayFile,
  OverlayRevision,
  OverlayUpload,
} from '@left4me/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { ProductBed } from '../testing/product-bed.ts'
import { zipOf } from '../testing/zip-of.ts'

const overlays = '/api/v1/overlays'

describeWith(['overlayfs'], 'builds of scripts', () => {
  let bed: ProductBed
  beforeAll(async () => {
    bed = await ProductBed.open()
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const make = async (script: string) =>
    (await bed.admin.send<Overlay>('POST', overlays, { name: 'Script', kind: 'script', script })).body.id
  const change = (id: number, script: string) => bed.admin.send('PATCH', `${overlays}/${id}`, { script })
  const build = (id: number) => bed.done(bed.admin, `${overlays}/${id}/build`)
  const ask = async (id: number) =>
    (await bed.admin.send<{ job: Job }>('POST', `${overlays}/${id}/build`)).body.job
  const shown = async (id: number) => (await bed.admin.get<Overlay>(`${overlays}/${id}`)).body
  const revisionsOf = async (id: number) =>
    (await bed.admin.get<List<OverlayRevision>>(`${overlays}/${id}/revisions`)).body.items
  const logOf = async (job: number) =>
    (await bed.admin.get<List<JobLogLine>>(`/api/v1/jobs/${job}/log`)).body.items.map(({ text }) => text)
  const read = async (id: number, revision: number, path: string) =>
    (await bed.host.overlays.readFile({ overlayId: id, revision }, path, 1000))?.toString()
  const jobNow = async (id: number) => (await bed.admin.get<Job>(`/api/v1/jobs/${id}`)).body

  const write = (text: string) =>
    `mkdir -p "$OVERLAY/left4dead2/cfg"; echo ${text} > "$OVERLAY/left4dead2/cfg/a.cfg"`

  test('a script fills a revision; what it prints is the job’s log', async () => {
    const id = await make(`echo hello from the script\n${write('one')}`)
    const job = await build(id)
    expect(job.state, JSON.stringify(job.error)).toBe('succeeded')
    expect(job.result).toMatch(/^Revision 1: 1 file, 4 bytes/)
    expect(await logOf(job.id)).toContain('hello from the script')
    expect(await read(id, 1, 'left4dead2/cfg/a.cfg')).toBe('one\n')
    expect(await shown(id)).toMatchObject({ revision: 1, buildNeeded: false })
    await change(id, write('two'))
    expect(await shown(id)).toMatchObject({ revision: 1, buildNeeded: true })
    await build(id)
    expect(await read(id, 1, 'left4dead2/cfg/a.cfg')).toBe('one\n')
    expect(await read(id, 2, 'left4dead2/cfg/a.cfg')).toBe('two\n')
  })

  test('one that fails leaves the last good revision, and its log', async () => {
    const id = await make(write('good'))
    await build(id)
    await change(id, `${write('bad')}; echo going down; exit 7`)
    const job = await build(id)
    expect(job).toMatchObject({ state: 'failed', result: null, error: { code: 'script-failed' } })
    expect(job.error?.remedy).toBeTruthy()
    expect(await logOf(job.id)).toContain('going down')
    expect(await shown(id)).toMatchObject({ revision: 1, buildNeeded: true, jobId: null })
    expect(await revisionsOf(id)).toHaveLength(1)
    expect(await read(id, 1, 'left4dead2/cfg/a.cfg')).toBe('good\n')
  })

  test('its log is there while it runs; cancelled, it leaves everything as it was', async () => {
    const id = await make(write('good'))
    await build(id)
    await change(id, `${write('bad')}; echo waiting; sleep 600`)
    const job = await ask(id)
    await bed.until('it prints', async () => (await logOf(job.id)).includes('waiting'))
    expect(await shown(id)).toMatchObject({ jobId: job.id })
    expect((await jobNow(job.id)).cancellable).toBe(true)
    await bed.admin.send('POST', `/api/v1/jobs/${job.id}/cancel`)
    expect(await bed.ended(bed.admin, job.id)).toMatchObject({ state: 'cancelled' })
    expect(await shown(id)).toMatchObject({ revision: 1, buildNeeded: true, jobId: null })
    expect(await read(id, 1, 'left4dead2/cfg/a.cfg')).toBe('good\n')
    await change(id, write('after'))
    expect(await build(id)).toMatchObject({ state: 'succeeded' })
  })

  test('builds of one overlay wait for each other, those of others don’t; one that waits is one', async () => {
    const slow = await make(`echo waiting; while [ ! -e "$OVERLAY/never" ]; do sleep 0.2; done`)
    const running = await ask(slow)
    await bed.until('it prints', async () => (await logOf(running.id)).includes('waiting'))
    const [second, third] = [await ask(slow), await ask(slow)]
    expect(second.id).not.toBe(running.id)
    expect(third.id).toBe(second.id)
    expect(await jobNow(second.id)).toMatchObject({ state: 'queued' })
    const other = await make(write('meanwhile'))
    expect(await build(other)).toMatchObject({ state: 'succeeded' })
    expect(await jobNow(running.id)).toMatchObject({ state: 'running' })
    const mine = (await bed.admin.get<List<Job>>(`/api/v1/jobs?overlayId=${slow}`)).body.items
    expect(mine.map(job => job.id)).toEqual([second.id, running.id])
    await bed.admin.send('POST', `/api/v1/jobs/${second.id}/cancel`)
    await bed.admin.send('POST', `/api/v1/jobs/${running.id}/cancel`)
    await bed.ended(bed.admin, running.id)
    const refused = await bed.admin.refused('DELETE', `${overlays}/${other}/revisions/1`)
    expect(refused.code).toBe('in-use')
  })

  test('an upload that waits to be taken isn’t taken otherwise meanwhile', async () => {
    // As many long jobs as may run at once.
    const builds = [await ask(await make('sleep 600')), await ask(await make('sleep 600'))]
    for (const { id } of builds)
      await bed.until('it runs', async () => (await jobNow(id)).state === 'running')
    const { id } = (await bed.admin.send<Overlay>('POST', overlays, { name: 'Files', kind: 'upload' })).body
    const upload = (
      await bed.admin.send<OverlayUpload>('POST', `${overlays}/${id}/uploads`, { name: 'a.txt', size: 1 })
    ).body
    const place = `${overlays}/${id}/uploads/${upload.id}`
    await bed.admin.put(`${place}/parts?offset=0`, 'x')
    const body = { path: 'left4dead2/a.txt' }
    const take = async () => (await bed.admin.send<{ job: Job }>('POST', `${place}/take`, body)).body.job
    const { id: job } = await take()
    expect((await take()).id).toBe(job)
    const other = await bed.admin.refused('POST', `${place}/take`, { path: 'left4dead2/b.txt' })
    expect(other.code).toBe('in-use')
    for (const build of builds) await bed.admin.send('POST', `/api/v1/jobs/${build.id}/cancel`)
    expect(await bed.ended(bed.admin, job)).toMatchObject({ state: 'succeeded' })
    const files = (await bed.admin.get<List<OverlayFile>>(`${overlays}/${id}/files`)).body.items
    expect(files).toEqual([{ path: 'left4dead2/a.txt', size: 1 }])
  })

  test('an overlay that is being built isn’t deleted', async () => {
    const id = await make('echo waiting; sleep 600')
    const job = await ask(id)
    expect((await bed.admin.refused('DELETE', `${overlays}/${id}`)).detail).toContain('“Build “Script””')
    await bed.admin.send('POST', `/api/v1/jobs/${job.id}/cancel`)
    await bed.ended(bed.admin, job.id)
    expect((await bed.admin.send('DELETE', `${overlays}/${id}`)).status).toBe(204)
  })
})

describeWith(['overlayfs'], 'builds and kill -9', () => {
  test('a build that died with left4me runs again, ends well, and leaves nothing of its first try', async () => {
    await using bed = await ProductBed.open()
    // The first run waits to be killed with left4me; for the second one that moment has passed.
    const until = Math.floor(Date.now() / 1000) + 8
    const script = `
      mkdir -p "$OVERLAY/left4dead2/cfg"
      echo waiting
      sleep "$(( $(date +%s) < ${until} ? 600 : 0 ))"
      echo done > "$OVERLAY/left4dead2/cfg/a.cfg"`
    const body = { name: 'Script', kind: 'script', script }
    const { id } = (await bed.admin.send<Overlay>('POST', overlays, body)).body
    await bed.stop()
    await bed.startApart()
    const { job } = (await bed.admin.send<{ job: Job }>('POST', `${overlays}/${id}/build`)).body
    await bed.until('it runs', async () =>
      (await bed.admin.text(`/api/v1/jobs/${job.id}/log`)).includes('waiting'),
    )
    await bed.killApart()
    await bed.until('the time has come', () => Date.now() / 1000 > until + 1)
    await bed.start()
    const ended = await bed.ended(bed.admin, job.id)
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded')
    const overlay = (await bed.admin.get<Overlay>(`${overlays}/${id}`)).body
    expect(overlay).toMatchObject({ revision: 1, files: 1, buildNeeded: false })
    const folder = join(bed.root, 'overlays', String(id), 'revisions')
    expect(await readdir(folder)).toEqual(['1'])
  })

  test('an upload whose taking died with left4me is taken whole by the next life', async () => {
    await using bed = await ProductBed.open()
    const body = { name: 'Maps', kind: 'upload' }
    const { id } = (await bed.admin.send<Overlay>('POST', overlays, body)).body
    const names = Array.from({ length: 120 }, (_, number) => `left4dead2/maps/map${number}.nav`)
    const archive = zipOf(Object.fromEntries(names.map(name => [name, randomBytes(100_000)])))
    const upload = (
      await bed.admin.send<OverlayUpload>('POST', `${overlays}/${id}/uploads`, {
        name: 'maps.zip',
        size: archive.byteLength,
      })
    ).body
    const place = `${overlays}/${id}/uploads/${upload.id}`
    await bed.admin.put(`${place}/parts?offset=0`, archive)
    await bed.stop()
    await bed.startApart()
    const { job } = (await bed.admin.send<{ job: Job }>('POST', `${place}/take`, {})).body
    await bed.until('it runs', async () => {
      const { state } = (await bed.admin.get<Job>(`/api/v1/jobs/${job.id}`)).body
      return state !== 'queued'
    })
    await bed.killApart()
    await bed.start()
    const ended = await bed.ended(bed.admin, job.id)
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded')
    const draft = (await bed.admin.get<List<OverlayFile>>(`${overlays}/${id}/files`)).body.items
    expect(draft.map(({ path }) => path).sort()).toEqual([...names].sort())
    expect(draft.every(({ size }) => size === 100_000)).toBe(true)
    expect((await bed.admin.get<List<OverlayUpload>>(`${overlays}/${id}/uploads`)).body.items).toEqual([])
  })
})
