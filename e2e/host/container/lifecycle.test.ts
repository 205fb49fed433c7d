import { afterEach, expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { useGameBed } from '../support/game-bed.ts'
import type { GameServer, UnitState } from '../support/game-server.ts'

describeWith(['root'], 'a server that is started and stopped', () => {
  const bed = useGameBed()

  afterEach(async () => {
    await bed().container.succeed(`systemctl stop 'left4me-server@*' 'left4me-overlay@*'
      systemctl reset-failed 'left4me-*' 2>/dev/null || true`)
  })

  it('can be joined, with its layers mounted and its program below systemd’s eyes', async () => {
    const server = await bed().server(1)
    await server.power('start')
    expect(await bed().network.joinable(server.port)).toMatchObject({ map: 'c1m1_hotel', maxPlayers: 4 })
    expect(await server.state()).toMatchObject({ ActiveState: 'active', SubState: 'running' })
    expect(await server.mountId()).not.toBeNull()
    expect(await server.engine()).not.toBeNull()
  })

  it('is started once, however often it is asked for', async () => {
    const server = await bed().server(1)
    await server.power('start')
    const engine = await server.runningEngine()
    await Promise.all([server.power('start'), server.power('start')])
    expect(await server.engine()).toBe(engine)
    expect((await server.state()).NRestarts).toBe('0')
  })

  it('has ended by the first signal and is unmounted when the call to stop it returns', async () => {
    const server = await bed().server(1)
    for (let round = 0; round < 5; round++) {
      await server.power('start')
      await bed().network.joinable(server.port)
      await server.power('stop')
      expect(await server.mountId()).toBeNull()
      expect(await server.engine()).toBeNull()
      expect(await server.state()).toMatchObject({ ActiveState: 'inactive', Result: 'success' })
    }
    const journal = await bed().container.succeed(`journalctl --boot --unit=${server.unit} --output=cat`)
    expect(journal).not.toMatch(/timed out|SIGKILL|SIGTERM/)
  })

  it('comes back by a restart with another process, and with what its file says by then', async () => {
    const server = await bed().server(1)
    await server.power('start')
    const engine = await server.runningEngine()
    await server.configure({ arguments: ['+map', 'c2m1_highway'] })
    await server.power('restart')
    expect(await bed().network.joinable(server.port)).toMatchObject({ map: 'c2m1_highway' })
    expect(await server.engine()).not.toBe(engine)
  })

  it('gets its arguments as they were written, whatever characters are in them', async () => {
    const words = ['+hostname', `two words $HOME \${L4D2_PORT} %i %n "quoted" it's \\n ;| é`, '']
    const server = await bed().server(1, { arguments: words })
    await server.power('start')
    const pid = await server.runningEngine()
    const commandLine = await bed().container.succeed(`tr '\\0' '\\n' </proc/${pid}/cmdline`)
    expect(commandLine).toContain(`\n${words.join('\n')}`)
  })

  it('stays out of the way of nine others that start with it, and all ten stop together', async () => {
    const servers = await Promise.all(Array.from({ length: 10 }, (_, index) => bed().server(index + 1)))
    await Promise.all(servers.map(server => server.power('start')))
    const answers = await Promise.all(servers.map(server => bed().network.joinable(server.port)))
    expect(answers.map(({ port }) => port)).toEqual(servers.map(({ port }) => port))
    expect(new Set(await Promise.all(servers.map(server => server.engine()))).size).toBe(10)
    await Promise.all(servers.map(server => server.power('stop')))
    expect(await Promise.all(servers.map(server => server.mountId()))).toEqual(servers.map(() => null))
    expect(await bed().container.succeed('pgrep --count left4me-simulat || true')).toBe('0')
  })

  it('is either wholly there or wholly gone after two people pressed start and stop at once', async () => {
    const server = await bed().server(1)
    for (let round = 0; round < 10; round++) {
      const verbs = round % 2 === 0 ? (['start', 'stop'] as const) : (['stop', 'start'] as const)
      await Promise.all(verbs.map(verb => server.ask(verb)))
      await expectWhole(server)
    }
    await server.power('start')
    await bed().network.joinable(server.port)
  })

  /** The server runs on its layers, or nothing of it is left, also of the start or stop that lost. */
  async function expectWhole(server: GameServer): Promise<void> {
    const atRest = ['active', 'inactive', 'failed']
    const isAtRest = ({ ActiveState = '', Job }: UnitState) =>
      atRest.includes(ActiveState) && Job === undefined
    await waitFor('both units are at rest', async () =>
      [await server.state(), await server.state(server.overlayUnit)].every(isAtRest),
    )
    const { ActiveState } = await server.state()
    expect(['active', 'inactive']).toContain(ActiveState)
    expect((await server.mountId()) !== null).toBe(ActiveState === 'active')
    if (ActiveState === 'active') await server.runningEngine()
    else expect(await server.engine()).toBeNull()
  }

  it('leaves no mount when it is stopped while its layers are being mounted', async () => {
    const server = await bed().server(1)
    const cancelled = async () => {
      const start = server.ask('start')
      await waitFor('it is mounted', async () => (await server.mountId()) !== null)
      await server.power('stop')
      expect((await start).code).toBe(1)
      return await server.mountId()
    }
    const slowly = 'ExecStart=/usr/bin/sleep 1000\nTimeoutStartSec=infinity'
    await using _slow = await override('left4me-overlay@.service', slowly)
    expect(await cancelled()).toBeNull()

    // As it would be with ExecStop=, which systemd leaves out for a start that did not come to its end.
    const onStop = 'ExecStopPost=\nExecStop=/usr/local/libexec/left4me/left4me-overlay umount %i'
    await using _control = await override('left4me-overlay@.service', `${slowly}\n${onStop}`)
    expect(await cancelled()).not.toBeNull()
  })

  /** Lines of [Service] that come after all others. */
  async function override(unit: string, lines: string): Promise<AsyncDisposable> {
    const path = `/run/systemd/system/${unit}.d/zz-test.conf`
    await bed().container.write(path, `[Service]\n${lines}\n`)
    await bed().container.succeed('systemctl daemon-reload')
    return {
      [Symbol.asyncDispose]: async () => {
        await bed().container.succeed(`rm -f ${path}; systemctl daemon-reload`)
      },
    }
  }

  it('refuses to start without its layers, names the reason, and mounts nothing', async () => {
    const server = await bed().server(1, { lowerdirs: ['overlays/7/revisions/3', 'installation'] })
    const { code, stderr } = await server.ask('start')
    expect(code).toBe(1)
    expect(stderr).toContain("Revision 3 of overlay 7 isn't there.")
    expect(await server.state()).toMatchObject({ ActiveState: 'inactive' })
    expect(await server.mountId()).toBeNull()
    const problem = await bed().container.succeed('cat /run/left4me/instances/1.problem')
    expect(JSON.parse(problem)).toMatchObject({ code: 'layer-missing' })
  })

  const template = '/usr/local/lib/systemd/system/left4me-server@.service'

  it('that starts at boot no longer leaves the template and its neighbours where they were', async () => {
    const [server, neighbour] = [await bed().server(1), await bed().server(2)]
    for (const each of [server, neighbour]) await each.power('enable')
    expect((await server.state()).UnitFileState).toBe('enabled')
    await server.power('disable')
    expect((await server.state()).UnitFileState).toBe('disabled')
    expect((await neighbour.state()).UnitFileState).toBe('enabled')
    // Also when an administrator disables the template, which takes no more than the enablements.
    await bed().container.succeed(`systemctl --quiet disable left4me-server@.service
      test -f ${template}; test ! -L ${template}`)
    await server.power('start')
  })

  it('would lose a template that is a link to one that an administrator disables, hence ours is none', async () => {
    const link = '/etc/systemd/system/left4me-linked@.service'
    await bed().container.succeed(`cp ${template} /opt/left4me-linked@.service
      systemctl --quiet link /opt/left4me-linked@.service
      systemctl --quiet enable left4me-linked@1.service
      test -L ${link}
      systemctl --quiet disable left4me-linked@.service
      test ! -e ${link}; test ! -L ${link}`)
  })
})
