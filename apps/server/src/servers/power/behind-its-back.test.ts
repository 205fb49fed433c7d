import type { Job } from '@left4me/contract'
import type { Host } from '@left4me/host'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../../testing/product-bed.ts'

describeWith(['overlayfs'], 'what happens to a server behind the application’s back', () => {
  let bed: ProductBed
  let owner: Person
  /** Another hand on the same machine, as systemctl in an administrator's is. */
  let outside: Host
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    owner = await bed.addPerson('zoey')
    outside = bed.createHost()
    await outside.open()
  })
  afterAll(async () => {
    await outside.close()
    await bed[Symbol.asyncDispose]()
  })

  const act = (id: number, action: string) => bed.done(owner, `/api/v1/servers/${id}/${action}`)
  const reaches = (id: number, state: string) =>
    bed.until(`it is ${state}`, async () => {
      const server = await bed.server(owner, id)
      return server.state === state && server
    })
  const again = async (id: number) => {
    const { body } = await bed.admin.get<{ port: number }>(`/api/v1/servers/${id}`)
    await outside.start({
      instanceId: id,
      port: body.port,
      arguments: ['-simulate-boot-ms', '0', '-simulate-players', '0'],
      layers: [],
    })
  }

  test('a stop and a start are shown, and then the application can do what it always can', async () => {
    const { id } = await bed.newServer(owner, 'Handled')
    await act(id, 'start')
    await outside.stop(id)
    expect(await reaches(id, 'stopped')).toMatchObject({ pid: null, stateReason: null, jobId: null })
    await again(id)
    const back = await reaches(id, 'running')
    expect(back).toMatchObject({ pid: expect.any(Number), stateReason: null })
    expect((await act(id, 'restart')).state).toBe('succeeded')
    expect((await act(id, 'stop')).state).toBe('succeeded')
  })

  test('a start that is stopped from outside fails with that, and nothing is left of it', async () => {
    const { id } = await bed.newServer(owner, 'Cut short', { arguments: ['-simulate-boot-ms', '60000'] })
    const started = act(id, 'start')
    await bed.until('its process runs', async () => (await bed.server(owner, id)).pid !== null)
    await outside.stop(id)
    const job = await started
    expect(job).toMatchObject({ state: 'failed', error: { code: 'stopped-elsewhere' } })
    expect(await reaches(id, 'failed')).toMatchObject({ stateReason: job.error })
    expect(await outside.status(id)).toMatchObject({ phase: 'stopped', pid: null })
  })

  test('why an earlier start failed is over once it runs, whoever started it', async () => {
    const { id } = await bed.newServer(owner, 'Recovers', { arguments: ['-simulate-boot-ms', '60000'] })
    const started = act(id, 'start')
    await bed.until('its process runs', async () => (await bed.server(owner, id)).pid !== null)
    await outside.stop(id)
    expect((await started).state).toBe('failed')
    await again(id)
    await reaches(id, 'running')
    await outside.stop(id)
    expect(await reaches(id, 'stopped')).toMatchObject({ stateReason: null })
  })

  test('a stop that somebody else gives at the same moment ends in the same', async () => {
    const { id } = await bed.newServer(owner, 'Raced')
    await act(id, 'start')
    const [pressed] = await Promise.all([
      owner.send<{ job: Job }>('POST', `/api/v1/servers/${id}/stop`),
      outside.stop(id),
    ])
    // Refused when the other one was seen first: it is stopping already.
    if (pressed.status === 202) {
      expect((await bed.ended(owner, pressed.body.job.id)).state).toBe('succeeded')
    } else expect(pressed.body).toMatchObject({ code: 'action-not-allowed' })
    expect(await reaches(id, 'stopped')).toMatchObject({ pid: null })
  })
})
