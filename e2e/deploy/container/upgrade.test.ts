import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Node, rollback } from '../../../packages/converge/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { GameServer } from '../../host/support/game-server.ts'
import { commandOutput } from '../../host/support/run-command.ts'
import { simulatedGame } from '../../host/support/simulated-game.ts'
import { likeBuilt } from '../support/like-built.ts'
import { bedController, bedNode, mustSucceed, type NodeBed, openNodeBed } from '../support/node-bed.ts'
import { RevisedCheckout } from '../support/revised-checkout.ts'
import { withItem } from '../support/with-item.ts'

const activate = 'action:left4me-activate'

describeWith(['root'], 'another revision of left4me', () => {
  let host: NodeBed
  let checkout: RevisedCheckout
  let game: GameServer
  let engine: number
  /** What serves before a test. */
  let good = ''

  const shell = (script: string) => host.bed.container.succeed(script)
  const health = async () =>
    JSON.parse(await shell('curl --silent http://127.0.0.1:8000/health')) as {
      status: string
      revision: string
      readOnly: boolean
    }
  const served = async () => (await health()).revision
  const users = async () =>
    (
      await shell(`setpriv --reuid=left4me --regid=left4me --clear-groups \
      /usr/local/lib/left4me/node/bin/node --input-type=module --eval "
        import { DatabaseSync } from 'node:sqlite'
        const db = new DatabaseSync('/var/lib/left4me/data/left4me.db', { readOnly: true })
        for (const { username } of db.prepare('SELECT username FROM users ORDER BY username').all()) console.log(username)"`)
    ).split('\n')
  const addUser = (name: string) =>
    shell(`LEFT4ME_ADMIN_PASSWORD='correct horse battery' left4me create-user ${name} --admin`)
  const logIn = async () =>
    await shell(`curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:8000/api/v1/session \
      --header 'content-type: application/json' --data '{"username":"zoey","password":"correct horse battery"}'`)
  /** What is committed in the checkout now: a controller keeps to what it has read. */
  const node = (): Node => bedNode(host.bed.metadata, {}, bedController(checkout.folder))
  const apply = (wanted = node()) => host.apply(wanted)

  const unit = () => shell('tail -1 /usr/local/lib/systemd/system/left4me-web.service')
  const firewall = () => shell("nft list table inet left4me | sed -n 's/.*chain of_\\(.*\\) {/\\1/p'")
  const firewallOf = (name: string) =>
    checkout.append('deploy/files/nftables/left4me.nft', `table inet left4me { chain of_${name} { }; }\n`)

  beforeAll(async () => {
    host = await openNodeBed()
    checkout = await RevisedCheckout.open()
    await checkout.append('README.md', '\n')
    await checkout.append('deploy/files/systemd/left4me-web.service', '# good\n')
    good = await checkout.commit('Good')
    await likeBuilt(host, checkout, good)
    mustSucceed(await apply())
    await addUser('zoey')
    const installation = join(host.bed.container.folder, 'data/installation')
    await cp(join(await simulatedGame(), 'game'), installation, { recursive: true })
    await commandOutput(['chown', '--recursive', '980:980', installation])
    game = new GameServer(host.bed.container, '7', 27_021)
    await game.configure()
    await game.power('start')
    engine = await game.runningEngine()
  })
  afterAll(async () => {
    await checkout?.[Symbol.asyncDispose]()
    await host?.[Symbol.asyncDispose]()
  })

  test('is not what makes an apply mend something after a server’s first start, which enables it and opens its ports', async () => {
    const show = (property: string) => shell(`systemctl show --property=${property} --value ${game.unit}`)
    await game.power('enable')
    expect(await show('NeedDaemonReload')).toBe('yes')
    expect(await show('DropInPaths')).toContain('/run/systemd/system.control/')
    expect(await apply()).toMatchObject({ exitCode: 0, counts: { fixed: 0 } })
  })

  test('is served, with what people wrote, while game servers go on; applied again nothing is changed', async () => {
    expect(engine).toBeGreaterThan(0)
    expect(await served()).toBe(good)
    await checkout.migration('9001-test', 'CREATE TABLE of_the_test (x)')
    await checkout.replace('deploy/files/systemd/left4me-web.service', '# good\n', '# better\n')
    await firewallOf('better')
    const better = await checkout.commit('Better')
    mustSucceed(await apply())
    expect(await health()).toMatchObject({ status: 'ok', revision: better, readOnly: false })
    expect([await unit(), await firewall()]).toEqual(['# better', 'better'])
    expect(await users()).toEqual(['zoey'])
    expect(await logIn()).toBe('200')
    expect(await game.engine()).toBe(engine)
    expect(await apply()).toMatchObject({ exitCode: 0, counts: { fixed: 0 } })
  })

  test('that migrated is rolled back only by whom the loss of what was written since is accepted', async () => {
    await addUser('francis')
    const better = await served()
    const refused = await rollback(host.bed.transport)
    expect(refused).toMatchObject({ exitCode: 1, restored: [] })
    expect(refused.refused).toMatch(/The database was migrated at .*: going back would lose all/)
    expect(await served()).toBe(better)
    expect(await rollback(host.bed.transport, { acceptLoss: true })).toMatchObject({
      exitCode: 0,
      failed: [],
    })
    expect([await served(), await unit(), await users()]).toEqual([good, '# good', ['zoey']])
    expect(await firewall()).toBe('')
    expect(await logIn()).toBe('200')
    expect(await game.engine()).toBe(engine)
  })

  test('that migrates and then isn’t well is taken back whole, and the deployment says why', async () => {
    await spoil()
    const broken = await checkout.commit('Broken')
    await likeBuilt(host, checkout, broken)
    const report = await apply()
    expect(report).toMatchObject({ exitCode: 1, counts: { failed: 1 } })
    for (const id of ['release:/opt/left4me/src', 'unit:left4me-web.service'])
      expect(report.items.find(item => item.id === id)).toMatchObject({ status: 'skipped', reason: 'undone' })
    const message = report.items.find(({ id }) => id === activate)?.message ?? ''
    expect(message).toContain(`of revision ${broken} isn’t well: The bed is broken.`)
    expect(message).toContain('What was done is undone.')
    expect(await health()).toMatchObject({ status: 'ok', revision: good, readOnly: false })
    expect([await unit(), await firewall(), await users()]).toEqual(['# good', '', ['zoey']])
    expect(await shell('tail -1 /opt/left4me/src/deploy/files/systemd/left4me-web.service')).toBe('# good')
    expect(await logIn()).toBe('200')
    expect(await game.engine()).toBe(engine)
  })

  test('that isn’t well is taken back by the host though the connection was lost', async () => {
    const abort = new AbortController()
    const report = await host.apply(node(), {
      signal: abort.signal,
      onProgress: ({ kind, id }) => {
        if (kind === 'started' && id === activate) abort.abort()
      },
    })
    expect(report.error?.code).toBe('unreachable')
    // The host gives the new revision its time to become well, and then goes back.
    await host.bed.container.succeed('exec 9>>/var/lib/left4me-apply/lock; flock 9', { timeoutMs: 900_000 })
    expect(await health()).toMatchObject({ status: 'ok', revision: good, readOnly: false })
    expect([await unit(), await users()]).toEqual(['# good', ['zoey']])
  })

  test('stays, ill as it is and with a spoilt database, where nothing takes it back', async () => {
    const report = await apply(withItem(node(), activate, item => ({ ...item, undoesRun: false })))
    expect(report.exitCode).toBe(1)
    expect(await health()).toMatchObject({ status: 'failing', readOnly: true })
    expect(await served()).not.toBe(good)
    expect([await unit(), await firewall(), await users()]).toEqual(['# broken', 'broken', ['']])
    // Nobody has written meanwhile, so that the next one begins with the database as it was.
    await checkout.reset(good)
    mustSucceed(await apply())
    expect(await health()).toMatchObject({ status: 'ok', revision: good, readOnly: false })
    expect([await unit(), await users()]).toEqual(['# good', ['zoey']])
  })

  test('leaves three revisions and three copies of the database, those of the last', async () => {
    const apps = '/var/lib/left4me/app'
    const revisions = async () => (await shell(`ls ${apps} | grep -xE '[0-9a-f]{40}'`)).split('\n')
    const copies = async () =>
      (await shell("find /var/lib/left4me-apply/generations -path '*/kept/upgrade/database'")).split('\n')
    // The one of the middle is newer than those around it, which the names don't say.
    await shell(`cd ${apps}
      for year in 2003 2005 2004; do mkdir "$year$(printf '%036d' 0)"; touch -d "$year-01-01" "$year"*; done
      cd "$(ls -d /var/lib/left4me-apply/generations/* | tail -1)"
      for year in 2003 2005 2004; do
        mkdir -p "$year/kept/upgrade"
        touch -d "$year-01-01" "$year/kept/upgrade/database"
      done`)
    const [before, kept] = [await revisions(), await copies()]
    await checkout.append('README.md', '\n')
    const next = await checkout.commit('Next')
    await likeBuilt(host, checkout, next)
    mustSucceed(await apply())
    expect(await served()).toBe(next)
    const after = await revisions()
    expect(after).toHaveLength(3)
    expect(after).toEqual(expect.arrayContaining([next, good]))
    expect(before.length).toBeGreaterThan(4)
    expect(await copies()).toHaveLength(3)
    expect(kept.length).toBeGreaterThan(3)
  })

  /** A revision that loses rows and then doesn't work. */
  async function spoil(): Promise<void> {
    await checkout.reset(good)
    await checkout.migration('9002-test', 'DELETE FROM users')
    await checkout.replace('deploy/files/systemd/left4me-web.service', '# good\n', '# broken\n')
    await firewallOf('broken')
    await checkout.replace(
      'apps/server/src/health/health.ts',
      "run('jobs', 'No jobs are run.', async () => {",
      "run('bed', 'The bed is broken.', () => Promise.reject(new Error())),\n      run('jobs', 'No jobs are run.', async () => {",
    )
  }
})
