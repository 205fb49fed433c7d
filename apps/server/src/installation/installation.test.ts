import type { Installation, Job, List } from '@left4me/contract'
import { afterEach, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { ProductBed } from '../testing/product-bed.ts'

describeWith(['overlayfs'], 'the installation', () => {
  let bed: ProductBed | null = null
  afterEach(async () => {
    await bed?.[Symbol.asyncDispose]()
    bed = null
  })

  const update = (where: ProductBed) => where.admin.send<{ job: Job }>('POST', '/api/v1/installation/update')
  const installation = async (where: ProductBed) =>
    (await where.admin.get<Installation>('/api/v1/installation')).body

  test('is installed by a job that shows how far it is, and servers can start then', async () => {
    const steamcmd = { LEFT4ME_SIMULATOR_SWITCHES: '-simulate-duration-ms 600000' }
    bed = await ProductBed.open({ host: { steamcmdEnvironment: steamcmd } })
    const owner = await bed.addPerson('zoey')
    const server = await bed.newServer(owner, 'Waits')
    expect(await installation(bed)).toMatchObject({ state: 'missing', buildId: null, simulated: true })
    expect((await owner.refused('POST', '/api/v1/installation/update')).code).toBe('not-allowed')

    const { status, body } = await update(bed)
    expect(status).toBe(202)
    // A second press is the same job.
    expect((await update(bed)).body.job.id).toBe(body.job.id)
    expect(await installation(bed)).toMatchObject({ state: 'installing', jobId: body.job.id })
    const where = bed
    await bed.until(
      'its server says so',
      async () => (await where.server(owner, server.id)).state === 'installing',
    )
    const refused = await owner.refused('POST', `/api/v1/servers/${server.id}/start`)
    expect(refused.detail).toContain('The game is being installed')
    await bed.until('progress is shown', async () => {
      const { body: job } = await where.admin.get<Job>(`/api/v1/jobs/${body.job.id}`)
      return job.progress > 0 && job.progress < 1 && job.activity !== null
    })
    // It would take ten minutes: the next one goes on with what it left.
    await bed.admin.send('POST', `/api/v1/jobs/${body.job.id}/cancel`)
    await bed.ended(bed.admin, body.job.id)
    steamcmd.LEFT4ME_SIMULATOR_SWITCHES = '-simulate-duration-ms 0'
    const { id: second } = (await update(bed)).body.job
    expect(await bed.ended(bed.admin, second)).toMatchObject({ state: 'succeeded', progress: 1 })
    const { body: log } = await bed.admin.get<List<{ text: string }>>(`/api/v1/jobs/${second}/log`)
    expect(log.items.map(line => line.text).join('\n')).toContain('fully installed')
    expect(await installation(bed)).toMatchObject({
      state: 'ready',
      version: expect.stringMatching(/^\d+\./),
      buildId: expect.stringMatching(/^\d+$/),
      simulated: true,
      jobId: null,
    })
    expect((await bed.server(owner, server.id)).state).toBe('stopped')
    expect((await bed.done(owner, `/api/v1/servers/${server.id}/start`)).error).toBeNull()
  })

  test.each([
    ['a full disk', 'state-0x202', /disk/i],
    ['a disk that takes no writes', 'state-0x606', /disk|write/i],
  ])(
    'says why it failed (%s) and what to do, and leaves no game that could start',
    async (_, failure, words) => {
      bed = await ProductBed.open({
        steamcmdSwitches: `-simulate-failure ${failure} -simulate-failure-times 20`,
      })
      const server = await bed.newServer(bed.admin, 'Waits')
      const { body } = await update(bed)
      const job = await bed.ended(bed.admin, body.job.id)
      expect(job).toMatchObject({ state: 'failed', error: { remedy: expect.stringMatching(/\S/) } })
      expect(`${job.error?.message} ${job.error?.remedy}`).toMatch(words)
      expect((await installation(bed)).state).not.toBe('ready')
      const refused = await bed.admin.send<Job | { job: Job }>('POST', `/api/v1/servers/${server.id}/start`)
      if (refused.status === 202 && 'job' in refused.body) {
        const started = await bed.ended(bed.admin, refused.body.job.id)
        expect(started).toMatchObject({ state: 'failed', error: { code: 'not-installed' } })
      } else expect(refused.status).toBe(409)
    },
  )

  test('can be cancelled, and leaves no steamcmd behind', async () => {
    bed = await ProductBed.open({ steamcmdSwitches: '-simulate-duration-ms 60000' })
    const { body } = await update(bed)
    const where = bed
    await bed.until('it downloads', async () => {
      const { body: job } = await where.admin.get<Job>(`/api/v1/jobs/${body.job.id}`)
      return job.progress > 0
    })
    await bed.admin.send('POST', `/api/v1/jobs/${body.job.id}/cancel`)
    expect((await bed.ended(bed.admin, body.job.id)).state).toBe('cancelled')
    expect((await installation(bed)).state).not.toBe('installing')
  })
})
