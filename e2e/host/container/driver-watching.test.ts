import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../../packages/host/src/testing/eventually.ts'
import { type Container, openContainer } from '../support/container.ts'
import { DriverClient } from '../support/driver-client.ts'
import { installSimulatedGame } from '../support/simulated-game.ts'

const specification = (instanceId: number) => ({
  instanceId,
  port: 27014 + instanceId,
  arguments: ['+map', 'c1m1_hotel'],
  layers: [],
})

/** Says what is sent to a connection of the driver's own kind. */
const listener = `import { Connection, systemBusPath } from '/opt/left4me/src/packages/host/src/systemd/dbus/connection.ts'
await Connection.open(
  {
    socket: systemBusPath,
    patience: 5000,
    onSignal: ({ header }) => console.log(header.member),
    onLost: () => undefined,
  },
  new AbortController().signal,
)
console.log('listening')
setInterval(() => undefined, 1000)
`

describe('the driver', () => {
  let container: Container
  let driver: DriverClient

  beforeAll(async () => {
    container = await openContainer()
    await installSimulatedGame(container)
    driver = await DriverClient.open(container)
  })

  afterAll(async () => {
    await driver?.[Symbol.asyncDispose]()
    await container?.[Symbol.asyncDispose]()
  })

  beforeEach(async () => {
    for (const { instanceId } of await driver.call('list')) await driver.call('stop', instanceId)
    driver.told.length = 0
  })

  const unit = (instanceId: number) => `left4me-server@${instanceId}.service`

  it('sees what root does with systemctl, a crash, and a stop of one unit alone', async () => {
    const first = await driver.call('start', specification(1))
    await container.succeed(`systemctl kill --signal=SEGV ${unit(1)}`)
    expect(await driver.reaches(1, 'restarting')).toMatchObject({
      reason: { code: 'crashed' },
      lastExit: { signal: 'SIGSEGV' },
    })
    const { pid, restarts } = await driver.reaches(1, 'running')
    expect(restarts).toBe(1)
    expect(pid).not.toBe(first.pid)
    await container.succeed(`systemctl stop ${unit(1)}`)
    expect(await driver.reaches(1, 'stopped')).toMatchObject({ reason: null })
    expect(driver.told.map(({ phase }) => phase)).not.toContain('failed')
    await container.succeed(`systemctl start ${unit(1)}`)
    await driver.reaches(1, 'running')
    await container.succeed(`systemctl --no-reload enable ${unit(1)}`)
    await eventually('it is told', () => driver.told.at(-1)?.startAtBoot === true)
    await container.succeed(`systemctl disable ${unit(1)}`)
    await eventually('it is told', () => driver.told.at(-1)?.startAtBoot === false)
  })

  it('goes on over a reload of systemd, without taking it for an end', async () => {
    const before = await driver.call('start', specification(1))
    driver.told.length = 0
    await container.succeed('systemctl daemon-reload')
    expect(await driver.call('status', 1)).toEqual(before)
    await container.succeed(`systemctl kill --signal=KILL ${unit(1)}`)
    await driver.reaches(1, 'restarting')
    expect(driver.told.map(({ phase }) => phase)).not.toContain('stopped')
  })

  it('goes on after systemd was executed anew', async () => {
    const before = await driver.call('start', specification(1))
    driver.told.length = 0
    await container.succeed('systemctl daemon-reexec')
    await eventually('it is the same', async () => {
      const now = await driver.call('status', 1).catch(() => null)
      return JSON.stringify(now) === JSON.stringify(before)
    })
    await container.succeed(`systemctl stop ${unit(1)}`)
    await driver.reaches(1, 'stopped')
  })

  it('finds out what happened while the bus was away, and is told of what comes after', async () => {
    for (const id of [1, 2]) await driver.call('start', specification(id))
    driver.told.length = 0
    await container.succeed(`systemctl stop dbus.socket dbus.service; systemctl stop ${unit(1)}`)
    await delay(300)
    expect(driver.told).toEqual([])
    await container.succeed('systemctl start dbus.socket dbus.service')
    await driver.reaches(1, 'stopped')
    expect(await driver.call('status', 2)).toMatchObject({ phase: 'running' })
    await container.succeed(`systemctl stop ${unit(2)}`)
    await driver.reaches(2, 'stopped')
  })

  it('believes no one else on the bus who says that a server has ended', async () => {
    await driver.call('start', specification(1))
    driver.told.length = 0
    await container.write('/tmp/listen.ts', listener)
    // To every name on the bus, hence to the driver's and to the listener's too.
    const heard = await container.succeed(
      `/usr/local/lib/left4me/node/bin/node /tmp/listen.ts >/tmp/heard &
      listener=$!
      until grep --quiet listening /tmp/heard; do sleep 0.05; done
      for name in $(busctl list --no-legend --unique | awk '{print $1}'); do
        busctl emit --destination=$name /org/freedesktop/systemd1/unit/left4me_2dserver_401_2eservice \\
          org.freedesktop.DBus.Properties PropertiesChanged \\
          'sa{sv}as' org.freedesktop.systemd1.Unit 2 ActiveState s failed SubState s failed 0 || true
      done
      until grep --quiet PropertiesChanged /tmp/heard; do sleep 0.05; done
      kill $listener
      cat /tmp/heard`,
      { user: 'left4me' },
    )
    expect(heard, '(control) it does arrive').toContain('PropertiesChanged')
    expect(await driver.call('status', 1)).toMatchObject({ phase: 'running' })
    expect(driver.told).toEqual([])
  })

  it('opens after the web application was away and knows what runs', async () => {
    await driver.call('start', specification(1))
    await container.succeed(`systemctl kill --signal=SEGV ${unit(1)}`)
    await driver.reaches(1, 'restarting')
    await driver.reaches(1, 'running')
    const before = await driver.call('status', 1)
    await using other = await DriverClient.open(container)
    const { lastExit, ...rest } = before
    expect(lastExit).toMatchObject({ signal: 'SIGSEGV' })
    // How an earlier process ended is nothing that systemd keeps.
    expect(await other.call('status', 1)).toEqual({ ...rest, lastExit: null })
  })

  it('works within the sandbox of the web application', async () => {
    const sandbox = await container.succeed(
      `systemctl cat left4me-web.service | sed -n 's/^\\(CapabilityBoundingSet\\|RestrictSUIDSGID\\|RestrictNamespaces\\|RestrictRealtime\\|LockPersonality\\|KeyringMode\\|ProtectProc\\|ProtectSystem\\|ProtectHome\\|PrivateTmp\\|PrivateDevices\\|PrivateIPC\\|ReadWritePaths\\|Protect[A-Za-z]*\\|SystemCall[A-Za-z]*\\|RestrictAddressFamilies\\|UMask\\)=/&/p'`,
    )
    const properties = sandbox.split('\n').map(line => `--property=${line}`)
    expect(properties.length).toBeGreaterThan(15)
    await using inside = await DriverClient.open(container, [
      'systemd-run',
      ...['--quiet', '--pipe', '--wait', '--collect', '--unit=left4me-driver-in-sandbox', '--uid=left4me'],
      ...properties,
    ])
    expect(await inside.call('start', specification(3))).toMatchObject({ phase: 'running' })
    expect((await inside.call('machine')).address).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    await container.succeed(`systemctl kill --signal=KILL ${unit(3)}`)
    await inside.reaches(3, 'restarting')
    expect(await inside.call('stop', 3)).toMatchObject({ phase: 'stopped', reason: null })
    await container.succeed('systemctl stop left4me-driver-in-sandbox.service')
  })
})
