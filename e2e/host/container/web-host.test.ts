import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { HostInstance, Job, List, Server } from '@left4me/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { useGameBed } from '../support/game-bed.ts'
import { GameServer } from '../support/game-server.ts'
import { WebApp } from '../support/web-app.ts'

const quiet = ['-simulate-boot-ms', '0', '-simulate-players', '0']

describeWith(['root'], 'the web application as a unit of the host', () => {
  const bed = useGameBed()
  let web: WebApp

  beforeAll(async () => {
    web = await WebApp.start(bed())
    await web.api.install()
  })

  afterAll(async () => {
    await web?.[Symbol.asyncDispose]()
  })

  const host = (script: string) => bed().container.succeed(script)
  const isEnabled = async ({ id }: Server) =>
    (await bed().container.run(`systemctl is-enabled left4me-server@${id}`)).stdout.trim() === 'enabled'
  const unitOf = ({ id, port }: Server) => new GameServer(bed().container, String(id), port)
  const make = (name: string, more: string[] = []) =>
    web.api.createServer({ name, arguments: [...quiet, ...more] })
  const shows = (server: Server, state: Server['state']) =>
    waitFor(`server ${server.id} is shown as ${state}`, async () => {
      const now = await web.api.server(server.id)
      return now.state === state && now
    })
  const press = async (name: 'startServer' | 'stopServer', { id }: Server) =>
    ((await web.api.call(name, { params: { id } })) as { job: Job }).job
  const health = async () => (await fetch(`${web.url}/health`)).status

  it('is called started when it answers', async () => {
    for (let round = 0; round < 3; round++) {
      await web.systemctl('restart')
      expect(await health()).toBe(200)
    }
  })

  it('is ended and started anew when it hangs, and left hanging without a watchdog', async () => {
    const dropIn = '/run/systemd/system/left4me-web.service.d/zz-watchdog.conf'
    const hang = async (watchdog: string) => {
      await bed().container.write(dropIn, `[Service]\nWatchdogSec=${watchdog}\n`)
      // At once, before a machine that is held up passes for a program that hangs.
      return Number(
        await host(`systemctl daemon-reload && systemctl restart left4me-web.service
          pid=$(systemctl show --property=MainPID --value left4me-web.service)
          kill -STOP $pid
          echo $pid`),
      )
    }
    const server = await make('Untouched')
    await web.api.power('startServer', server.id)
    const engine = await unitOf(server).engine()
    try {
      const hung = await hang('5s')
      await waitFor('another process', async () => ![0, hung].includes(await web.pid()))
      await web.answers()
      const unwatched = await hang('0')
      await host('sleep 8')
      expect(await web.pid()).toBe(unwatched)
      await host(`kill -KILL ${unwatched}`)
    } finally {
      await host(`rm ${dropIn} && systemctl daemon-reload && systemctl restart left4me-web.service`)
    }
    expect(await unitOf(server).engine()).toBe(engine)
    await web.api.power('stopServer', server.id)
  })

  it('goes on with a start and with a stop in whose midst it is killed', async () => {
    const server = await make('Cut off', ['-simulate-boot-ms', '1500', '-simulate-exit-ms', '1500'])
    for (const seconds of [0.1, 0.5, 1]) {
      for (const action of ['startServer', 'stopServer'] as const) {
        const job = await press(action, server)
        await host(`sleep ${seconds}
          # The restart counter, which makes each automatic restart wait longer than the one before.
          systemctl reset-failed left4me-web.service
          systemctl kill --kill-whom=main --signal=KILL left4me-web.service`)
        await waitFor('it was started again', async () => (await web.pid()) !== 0)
        await web.answers()
        await web.api.finish({ job })
        const running = action === 'startServer'
        await shows(server, running ? 'running' : 'stopped')
        const state = await unitOf(server).state()
        expect(state).toMatchObject(
          running ? { SubState: 'running', NRestarts: '0' } : { ActiveState: 'inactive' },
        )
        if (!running) expect(await unitOf(server).mountId()).toBeNull()
      }
    }
  })

  it('shows within moments what an administrator does with systemctl', async () => {
    const server = await make('Handled')
    await web.api.power('startServer', server.id)
    await host(`systemctl stop left4me-server@${server.id} left4me-overlay@${server.id}`)
    expect(await shows(server, 'stopped')).toMatchObject({ pid: null, stateReason: null })
    await host(`systemctl start left4me-server@${server.id}`)
    await shows(server, 'running')
    await host(`systemctl kill --signal=KILL left4me-server@${server.id}`)
    const crashed = await waitFor('the crash is shown', async () => {
      const now = await web.api.server(server.id)
      return now.stateReason?.code === 'crashed' && now
    })
    expect(crashed).toMatchObject({ state: 'starting', pid: null })
    expect(await shows(server, 'running')).toMatchObject({ restarts: 1 })
    await web.api.power('stopServer', server.id)
  })

  it('fails a start that an administrator ends, with that as the reason', async () => {
    const server = await make('Ended elsewhere', ['-simulate-boot-ms', '60000'])
    const job = await press('startServer', server)
    await waitFor('it runs', async () => (await web.api.server(server.id)).pid !== null)
    await host(`systemctl stop left4me-server@${server.id}`)
    await expect(web.api.finish({ job })).rejects.toThrow('stopped-elsewhere')
    await shows(server, 'failed')
  })

  it('shows what runs although no server is known for it, and stops that', async () => {
    const server = await make('Forgotten')
    await web.api.power('startServer', server.id)
    await web.systemctl('stop')
    forget(server)
    await web.systemctl('start')
    const { items } = (await web.api.call('listHostInstances')) as List<HostInstance>
    const unit = `left4me-server@${server.id}.service`
    expect(items.filter(({ serverId }) => serverId === null)).toMatchObject([
      { id: server.id, name: unit, phase: 'running' },
    ])
    expect(await isEnabled(server)).toBe(true)
    await web.api.finish(
      (await web.api.call('stopHostInstance', { params: { id: server.id } })) as { job: Job },
    )
    expect(await unitOf(server).engine()).toBeNull()
    expect(await isEnabled(server)).toBe(false)
  })

  /** As an older backup of the database would. */
  function forget({ id }: Server): void {
    const file = join(bed().container.folder, 'data/data/left4me.db')
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: true })
    database.prepare('DELETE FROM servers WHERE id = ?').run(id)
    database.close()
  }

  it('stays healthy while systemd reads its units again and again', async () => {
    const storm = host('for i in 1 2 3 4 5 6 7 8; do systemctl daemon-reload; done')
    let over = false
    const ended = storm.finally(() => {
      over = true
    })
    const seen = new Set<number>()
    while (!over) {
      seen.add(await health())
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    await ended
    expect([...seen]).toEqual([200])
  })

  it('refuses what its units don’t know, in one line, and so does its command line', async () => {
    const node = '/usr/local/lib/left4me/node/bin/node'
    const main = '/var/lib/left4me/app/current/apps/server/src/main.ts'
    const start = (settings: string, user: 'root' | 'left4me') =>
      bed().container.run(
        `cd / && env LEFT4ME_HOST_DRIVER=systemd SECRET_KEY=0123456789abcdefghij0123456789abcdefghij ${settings} ${node} ${main}`,
        { user },
      )
    const elsewhere = await start('LEFT4ME_ROOT=/srv/left4me', 'left4me')
    expect(elsewhere).toMatchObject({ code: 1, stdout: '' })
    expect(elsewhere.stderr).toMatch(/^left4me: LEFT4ME_ROOT is "\/srv\/left4me": .*\/var\/lib\/left4me\.\n$/)
    const asRoot = await start('LEFT4ME_ROOT=/var/lib/left4me', 'root')
    expect(asRoot).toMatchObject({ code: 1 })
    expect(asRoot.stderr).toMatch(/^left4me: LEFT4ME_HOST_DRIVER is "systemd", but this runs as user 0 .*\n$/)
  })

  it('has those servers back after a boot that nobody stopped and whose setting says so', async () => {
    const [wanted, stopped, unwanted] = await Promise.all(
      ['Wanted', 'Stopped', 'Unwanted'].map(name => make(name)),
    )
    if (!wanted || !stopped || !unwanted) throw new Error('three servers were made')
    for (const { id } of [wanted, stopped, unwanted]) await web.api.power('startServer', id)
    await web.api.power('stopServer', stopped.id)
    await web.api.call('changeServer', { params: { id: unwanted.id }, body: { startAtBoot: false } })
    await waitFor('systemd was told', async () => !(await isEnabled(unwanted)))
    expect(await isEnabled(wanted)).toBe(true)
    expect(await isEnabled(stopped)).toBe(false)
    await web[Symbol.asyncDispose]()

    await bed().reboot()

    web = await WebApp.again(bed())
    await shows(wanted, 'running')
    expect(await web.api.server(wanted.id)).toMatchObject({ restarts: 0, stateReason: null })
    for (const server of [stopped, unwanted]) {
      await shows(server, 'stopped')
      expect(await unitOf(server).mountId()).toBeNull()
    }
  })
})
