import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type {
  AcceptedJob,
  LayerConflicts,
  List,
  Overlay,
  OverlayFile,
  OverlayRevision,
  OverlayUpload,
  RouteName,
  Server,
  ServerCampaigns,
  ServerFile,
  ServerLayer,
  WorkshopRefresh,
} from '@left4me/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { indexFile } from '../../../packages/simulator/src/workshop/map-index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { useGameBed } from '../support/game-bed.ts'
import { simulatedGameInBed } from '../support/simulated-game.ts'
import { WebApp } from '../support/web-app.ts'

const steam = 'http://127.0.0.1:8088'

/** Each kind of content, made by the web application within its own unit's walls and the helpers that it may call. */
describeWith(['root'], 'content on a host', () => {
  const bed = useGameBed()
  let web: WebApp

  beforeAll(async () => {
    await bed().container.succeed(`
      systemd-run --quiet --unit=simulated-steam ${simulatedGameInBed}/bin/left4me-simulator steam-web-api --port 8088
      echo STEAM_WEB_API_URL=${steam} >>/etc/left4me/web.env`)
    web = await WebApp.start(bed())
    await web.api.install()
  })

  afterAll(async () => {
    await web?.[Symbol.asyncDispose]()
  })

  const call = async <Answer>(name: RouteName, options: Parameters<typeof web.api.call>[1] = {}) =>
    (await web.api.call(name, options)) as Answer
  const make = (body: Record<string, unknown>) => call<Overlay>('createOverlay', { body })
  const build = async (id: number) => {
    const accepted = await call<AcceptedJob>('buildOverlay', { params: { id } })
    await web.api.finish(accepted)
    return accepted.job.id
  }
  const newest = async (id: number) => {
    const { items } = await call<List<OverlayRevision>>('listOverlayRevisions', { params: { id } })
    return items[0]
  }
  const logOf = async (jobId: number) => {
    const { items } = await call<List<{ text: string }>>('getJobLog', { params: { id: jobId } })
    return items.map(({ text }) => text)
  }

  it('comes from a script in the sandbox', async () => {
    const script = [
      'mkdir -p "$OVERLAY/left4dead2/cfg"',
      'echo "sv_maxrate 60000" >"$OVERLAY/left4dead2/cfg/server.cfg"',
      'ls /var/lib/left4me/data 2>/dev/null || echo "sees no database"',
    ].join('\n')
    const { id } = await make({ name: 'Rates', kind: 'script', script })
    const jobId = await build(id)
    expect(await newest(id)).toMatchObject({ revision: 1, files: 1 })
    expect(await logOf(jobId)).toContain('sees no database')
  })

  it('keeps the last good revision when a script fails, and says why', async () => {
    const { id } = await make({ name: 'Breaks', kind: 'script', script: 'touch "$OVERLAY/kept"' })
    await build(id)
    await call('changeOverlay', {
      params: { id },
      body: { script: 'touch "$OVERLAY/lost"; echo "no such mirror" >&2; exit 7' },
    })
    await expect(build(id)).rejects.toThrow(/script-failed/)
    expect(await newest(id)).toMatchObject({ revision: 1, files: 1 })
  })

  it('leaves no script running when the web application is killed and its build cancelled', async () => {
    const { id } = await make({ name: 'Endless', kind: 'script', script: 'while :; do sleep 1; done' })
    const { job } = await call<AcceptedJob>('buildOverlay', { params: { id } })
    const units = () =>
      bed().container.succeed(
        `systemctl list-units --state=active --no-legend --plain left4me-{script,draft}-${id}.service`,
      )
    await waitFor('the script runs', async () =>
      (await units()).includes(`script-${id}.service loaded active`),
    )
    await web.systemctl('kill --kill-whom=main --signal=KILL')
    await web.systemctl('stop')
    expect(await units()).toContain(`script-${id}.service loaded active running`)
    const database = new DatabaseSync(join(bed().container.folder, 'data/data/left4me.db'))
    database.prepare('UPDATE jobs SET cancel_requested = 1 WHERE id = ?').run(job.id)
    database.close()
    await web.systemctl('start')
    await web.answers()
    await expect(web.api.finish({ job })).rejects.toThrow(/cancelled/)
    expect(await units()).toBe('')
    await call('deleteOverlay', { params: { id } })
  })

  it('comes from the Workshop, by address and by steamcmd, and is looked for anew', async () => {
    const { id } = await make({ name: 'Campaigns', kind: 'workshop', workshopIds: ['110'] })
    await build(id)
    expect((await newest(id))?.sources.map(source => source.id)).toEqual(
      expect.arrayContaining(['501', '3405000001']),
    )
    await bed().container.succeed('left4me workshop-refresh')
    expect(await call<WorkshopRefresh>('getWorkshopRefresh')).toMatchObject({
      overlays: [{ overlayId: id, outcome: 'unchanged' }],
    })
  })

  it('comes from a map index, with its archives unpacked', async () => {
    const { id } = await make({ name: 'Maps', kind: 'map-index', indexUrl: `${steam}/map-index/index.csv` })
    await build(id)
    const revision = await newest(id)
    expect(revision?.sources).toHaveLength(4)
    expect(revision?.files).toBeGreaterThanOrEqual(4)
  })

  it('comes from an upload in parts, unpacked', async () => {
    const { id } = await make({ name: 'Mine', kind: 'upload' })
    const archive = indexFile('harbour_arena.zip')
    if (archive === null) throw new Error('the simulator has that archive')
    const upload = await call<OverlayUpload>('createUpload', {
      params: { id },
      body: { name: 'harbour arena.zip', size: archive.length },
    })
    const params = { id, uploadId: upload.id }
    for (const [from, to] of [
      [0, 1000],
      [1000, archive.length],
    ] as const) {
      await call('sendUploadPart', { params, query: { offset: from }, body: archive.subarray(from, to) })
    }
    await web.api.finish(await call<AcceptedJob>('takeUpload', { params, body: {} }))
    const { items } = await call<List<OverlayFile>>('listOverlayFiles', { params: { id } })
    expect(items.map(({ path }) => path)).toContainEqual(
      expect.stringMatching(/^left4dead2\/addons\/.*\.vpk$/),
    )
    await build(id)
    expect(await newest(id)).toMatchObject({ revision: 1 })
  })

  it('is what a server runs with, and shows where each file comes from', async () => {
    const { items: overlays } = await call<List<Overlay>>('listOverlays')
    const server = await call<Server>('createServer', {
      body: {
        name: 'Everything',
        overlayIds: overlays.map(({ id }) => id),
        arguments: ['-simulate-boot-ms', '0', '-simulate-players', '0'],
      },
    })
    const params = { id: server.id }
    await web.api.power('startServer', server.id)
    const layers = await call<List<ServerLayer>>('listServerLayers', { params })
    expect(layers.items.map(({ mounted }) => mounted)).toEqual(overlays.map(({ revision }) => revision))
    const conflicts = await call<LayerConflicts>('listServerConflicts', { params })
    expect(conflicts.items.map(({ code }) => code)).toContain('same-file')
    const files = async (path: string) =>
      (await call<List<ServerFile>>('listServerFiles', { params, query: { path } })).items
    expect(await files('left4dead2/addons')).toContainEqual(
      expect.objectContaining({ name: '501.vpk', layer: expect.objectContaining({ name: 'Campaigns' }) }),
    )
    const { campaigns } = await call<ServerCampaigns>('listServerCampaigns', { params })
    expect(campaigns.map(({ title }) => title)).toContain('Cold Harbour (simulated)')
    await call('putServerFile', {
      params,
      query: { path: 'left4dead2/motd.txt' },
      body: Buffer.from('Welcome\n'),
    })
    await expect(
      bed().container.succeed(`cat /var/lib/left4me/runtime/${server.id}/merged/left4dead2/motd.txt`),
    ).resolves.toBe('Welcome')
    expect(await files('left4dead2')).toContainEqual(
      expect.objectContaining({ name: 'motd.txt', layer: expect.objectContaining({ kind: 'upper' }) }),
    )
    await web.api.power('stopServer', server.id)
  })

  it('is measured and cleaned up by what nothing uses', async () => {
    await web.api.finish(await call<AcceptedJob>('cleanUp'))
    expect(await call('getDiskUse')).toMatchObject({ canGo: 0 })
  })
})
