import { afterEach, expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { useGameBed } from '../support/game-bed.ts'
import type { GameServer, UnitState } from '../support/game-server.ts'

describeWith(['root'], 'a server that crashes', () => {
  const bed = useGameBed()
  const dropin = '/etc/systemd/system/left4me-server@.service.d/90-control.conf'

  afterEach(async () => {
    await bed().container.succeed(`systemctl stop 'left4me-server@*' 'left4me-overlay@*'
      systemctl reset-failed 'left4me-*' 2>/dev/null || true
      rm -f ${dropin}; systemctl daemon-reload`)
  })

  async function reaches(
    server: GameServer,
    what: string,
    is: (state: UnitState) => boolean,
  ): Promise<UnitState> {
    return await waitFor(
      `server ${server.name} is ${what}`,
      async () => {
        const state = await server.state()
        return is(state) && state
      },
      120_000,
    )
  }

  const restarted = (state: UnitState) => state['NRestarts'] === '1' && state['SubState'] === 'running'

  async function control(lines: string): Promise<void> {
    await bed().container.write(dropin, `[Service]\n${lines}\n`)
    await bed().container.succeed('systemctl daemon-reload')
  }

  it('is restarted after a while, on the same mount', async () => {
    const server = await bed().server(1)
    await server.power('start')
    await bed().network.joinable(server.port)
    const mount = await server.mountId()
    const engine = await server.engine()
    await server.crash()
    await reaches(server, 'waiting', state => state['SubState'] === 'auto-restart')
    expect(await server.mountId()).toBe(mount)
    expect(await server.state(server.overlayUnit)).toMatchObject({ ActiveState: 'active' })
    await reaches(server, 'restarted', restarted)
    await bed().network.joinable(server.port)
    expect(await server.mountId()).toBe(mount)
    expect(await server.engine()).not.toBe(engine)
  })

  it('is restarted when it only ends, with exit code 0: srcds_run never says more', async () => {
    const server = await bed().server(1, { arguments: ['-simulate-crash', 'exit'] })
    await server.power('start')
    await bed().network.joinable(server.port)
    await server.crash()
    const state = await reaches(server, 'waiting', ({ SubState }) => SubState === 'auto-restart')
    expect(state).toMatchObject({ Result: 'success', ExecMainStatus: '0' })
    await reaches(server, 'restarted', restarted)
  })

  it('would be taken for one that was stopped, if systemd went by the exit code', async () => {
    await control('Restart=on-failure')
    const server = await bed().server(1)
    await server.power('start')
    await bed().network.joinable(server.port)
    await server.crash()
    const state = await reaches(server, 'gone', ({ ActiveState }) => ActiveState === 'inactive')
    expect(state).toMatchObject({ Result: 'success', NRestarts: '0' })
  })

  it('would be restarted behind systemd’s back without -norestart', async () => {
    const line = await bed().container.succeed(
      'sed -n "s/ -norestart//; s/^ExecStart=//p" /usr/local/lib/systemd/system/left4me-server@.service',
    )
    expect(line).not.toContain('norestart')
    await control(`ExecStart=\nExecStart=${line} -timeout 1`)
    const server = await bed().server(1)
    await server.power('start')
    await bed().network.joinable(server.port)
    const { MainPID } = await server.state()
    const engine = await server.engine()
    await server.crash()
    await waitFor('another engine', async () => {
      const now = await server.engine()
      return now !== null && now !== engine
    })
    expect(await server.state()).toMatchObject({ MainPID, NRestarts: '0', SubState: 'running' })
  })

  it('again and again is given up with the reason, and unmounted; a start gives it another chance', async () => {
    const server = await bed().server(1, { arguments: ['-simulate-crash-after-ms', '0'] })
    await server.power('start')
    const state = await reaches(server, 'given up', ({ ActiveState }) => ActiveState === 'failed')
    expect(state).toMatchObject({ Result: 'start-limit-hit' })
    await waitFor('it is unmounted', async () => (await server.mountId()) === null)
    await server.configure()
    await server.power('start')
    await bed().network.joinable(server.port)
  })

  it('is not restarted when it was stopped while it waited for that', async () => {
    await control('RestartSec=1h\nRestartSteps=0\nRestartMaxDelaySec=infinity')
    const server = await bed().server(1)
    await server.power('start')
    await bed().network.joinable(server.port)
    await server.crash()
    await reaches(server, 'waiting', ({ SubState }) => SubState === 'auto-restart')
    await server.power('stop')
    expect(await server.mountId()).toBeNull()
    const { ActiveState, Job } = await server.state()
    expect([ActiveState, Job]).toEqual(['inactive', undefined])
  })
})
