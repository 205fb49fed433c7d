import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../testing/eventually.ts'
import { FakeBus } from '../testing/fake-bus.ts'
import { FakeSystemd } from '../testing/fake-systemd.ts'
import { UnitMonitor } from './unit-monitor.ts'

const running = { activeState: 'active', subState: 'running', mainPid: 100 }
const server = 'left4me-server@1.service'

describe('the watch over units', () => {
  let bus: FakeBus
  let systemd: FakeSystemd
  let monitor: UnitMonitor
  /** Each telling, as the states that were known then. */
  let told: string[]

  beforeEach(async () => {
    bus = await FakeBus.open()
    systemd = new FakeSystemd(bus)
    told = []
    monitor = watch()
  })

  afterEach(async () => {
    await monitor.close()
    await bus[Symbol.asyncDispose]()
  })

  function watch(patience = 10_000): UnitMonitor {
    return new UnitMonitor({
      socket: bus.socket,
      patience,
      onChange: ids => {
        for (const id of ids) told.push(`${id} ${stateOf(id)}`)
      },
      onFilesChange: () => told.push('files'),
    })
  }

  const stateOf = (id: number) => monitor.stateOf('server', id).unit.activeState

  it('begins with what there is', async () => {
    systemd.set(server, running, { silently: true })
    systemd.set('left4me-overlay@1.service', { activeState: 'active' }, { silently: true })
    systemd.set('left4me-server@name.service', running, { silently: true })
    systemd.set('ssh.service', running, { silently: true })
    await monitor.open()
    expect(monitor.stateOf('server', 1)).toMatchObject({
      unit: { subState: 'running' },
      service: { mainPid: 100 },
    })
    expect([...monitor.instanceIds()]).toEqual([1])
    expect(stateOf(2)).toBe('inactive')
  })

  it('is told of each change, once for what comes together', async () => {
    await monitor.open()
    systemd.set(server, { activeState: 'activating' })
    systemd.set(server, running)
    await eventually('it runs', () => told.includes('1 active'))
    systemd.set(server, { activeState: 'inactive', mainPid: 0, mainStatus: 130 })
    await eventually('it ended', () => told.includes('1 inactive'))
    expect(told).toEqual(['1 active', '1 inactive'])
    expect(monitor.stateOf('server', 1).lastRun).toMatchObject({ mainStatus: 130 })
  })

  it('asks nothing while nothing happens, and nothing about the units of others', async () => {
    await monitor.open()
    const { length } = bus.calls
    systemd.set('ssh.service', running)
    systemd.emit('UnitNew', 'so', ['ssh.service', '/org/freedesktop/systemd1/unit/ssh_2eservice'])
    await delay(200)
    expect(bus.calls.slice(length)).toEqual([])
    expect(told).toEqual([])
    // Signals alone keep it up to date.
    systemd.set(server, running)
    await eventually('it runs', () => stateOf(1) === 'active')
    expect(bus.calls.slice(length)).toEqual([])
  })

  it('believes nobody but systemd', async () => {
    systemd.set(server, running, { silently: true })
    await monitor.open()
    systemd.set(server, { activeState: 'failed' }, { sender: ':1.666' })
    await monitor.settle()
    expect(stateOf(1)).toBe('active')
    // The same from the right one.
    systemd.set(server, { activeState: 'failed' })
    await eventually('it failed', () => stateOf(1) === 'failed')
  })

  it('asks how long a restart is waited for, and tells both together', async () => {
    await monitor.open()
    systemd.set(server, { activeState: 'failed', subState: 'failed-before-auto-restart', mainStatus: 7 })
    systemd.set(server, { activeState: 'activating', subState: 'auto-restart' })
    await eventually('it waits', () => told.length > 0)
    expect(told).toEqual(['1 activating'])
    expect(monitor.stateOf('server', 1).restartDelay).toBe(250)
  })

  it('reads a unit that may have changed before it was told of', async () => {
    await monitor.open()
    systemd.set(server, running, { silently: true })
    systemd.emit('UnitNew', 'so', [server, '/x'])
    await eventually('it is known', () => told.includes('1 active'))
  })

  it('remembers how it ended when the unit is gone', async () => {
    await monitor.open()
    systemd.set(server, running)
    systemd.set(server, { activeState: 'inactive', mainPid: 0, mainStatus: 130 })
    systemd.unload(server)
    await eventually('it is told', () => told.includes('1 inactive'))
    expect(monitor.stateOf('server', 1).lastRun).toMatchObject({ mainStatus: 130 })
    monitor.forget(1)
    expect(monitor.stateOf('server', 1).lastRun).toBeNull()
    expect([...monitor.instanceIds()]).toEqual([])
  })

  it('takes nothing for an end that a reload does, and reads everything anew after it', async () => {
    systemd.set(server, running, { silently: true })
    await monitor.open()
    await eventually('the beginning is told', () => told.length > 0)
    told.length = 0
    systemd.emit('Reloading', 'b', [true])
    systemd.emit('UnitRemoved', 'so', [server, '/x'])
    systemd.set(server, { restarts: 3 }, { silently: true })
    systemd.emit('Reloading', 'b', [false])
    await eventually('it was read anew', () => monitor.stateOf('server', 1).service.restarts === 3)
    await eventually('it is told', () => told.length > 0)
    expect(told.every(line => line === '1 active')).toBe(true)
  })

  it('still knows after a second reading right behind the first how an earlier run ended', async () => {
    systemd.set(server, running, { silently: true })
    await monitor.open()
    systemd.set(server, { activeState: 'failed', mainPid: 0, mainStatus: 7 })
    systemd.set(server, { ...running, mainStatus: 0, restarts: 1 })
    await eventually('it runs again', () => monitor.stateOf('server', 1).service.restarts === 1)
    systemd.emit('Reloading', 'b', [true])
    systemd.reexecute()
    systemd.emit('Reloading', 'b', [false])
    const { length } = bus.calls
    await eventually(
      'both readings',
      () =>
        bus.calls.slice(length).filter(call => call === 'GetAll(org.freedesktop.systemd1.Unit)').length === 2,
    )
    await monitor.settle()
    expect(monitor.stateOf('server', 1).lastRun).toMatchObject({ mainStatus: 7 })
  })

  it('reads everything anew when systemd was executed anew, and believes the new one', async () => {
    systemd.set(server, running, { silently: true })
    await monitor.open()
    systemd.set(server, { restarts: 1 }, { silently: true })
    systemd.reexecute()
    await eventually('it is known', () => monitor.stateOf('server', 1).service.restarts === 1)
    systemd.set(server, { activeState: 'failed' })
    await eventually('the new one is heard', () => stateOf(1) === 'failed')
    expect(bus.calls.filter(call => call === 'Subscribe')).toHaveLength(2)
  })

  it('connects again when the bus is started again, and tells what happened meanwhile', async () => {
    systemd.set(server, running, { silently: true })
    systemd.set('left4me-server@2.service', running, { silently: true })
    await monitor.open()
    await bus.stop()
    systemd.set(server, { activeState: 'failed' }, { silently: true })
    systemd.units.delete('left4me-server@2.service')
    await delay(300)
    const asked = monitor.ready()
    await bus.start()
    await asked
    expect([stateOf(1), stateOf(2)]).toEqual(['failed', 'inactive'])
    await eventually('both are told', () => told.includes('1 failed') && told.includes('2 inactive'))
    expect(bus.clients).toBe(1)
  })

  it('says that nothing is known while there is no bus', async () => {
    await monitor.close()
    monitor = watch(150)
    // On a busy machine that is too short for systemd to answer, now and then.
    await eventually('it is open', () =>
      monitor.open().then(
        () => true,
        () => false,
      ),
    )
    await bus.stop()
    await eventually('it is noticed', () =>
      monitor.ready().then(
        () => false,
        (error: { code?: unknown }) => error.code === 'unavailable',
      ),
    )
    await bus.start()
    await eventually('it is well again', () =>
      monitor.settle().then(
        () => true,
        () => false,
      ),
    )
  })

  it('is not opened without a bus, and can be later', async () => {
    await bus.stop()
    await expect(monitor.open()).rejects.toMatchObject({ code: 'unavailable' })
    await bus.start()
    await monitor.open()
    await monitor.settle()
  })

  it('leaves no connection when it is closed, also while it is lost', async () => {
    await monitor.open()
    await bus.stop()
    await monitor.close()
    await bus.start()
    await delay(200)
    expect(bus.clients).toBe(0)
  })

  it('waits for what is to come true, or until that is of no interest', async () => {
    await monitor.open()
    const waiting = monitor.until(() => stateOf(1) === 'active', new AbortController().signal)
    systemd.set(server, running)
    await waiting
    const end = new AbortController()
    const never = monitor.until(() => stateOf(1) === 'failed', end.signal)
    end.abort(new Error('enough'))
    await expect(never).rejects.toThrow('enough')
  })
})
