import { Connection } from '../dbus/connection.ts'
import type { Message } from '../dbus/message.ts'
import type { Value, Variant } from '../dbus/value.ts'
import { parseUnitName, unitNameOfPath, unitPathOf } from './unit-name.ts'
import {
  type PropertyMap,
  parseServicePart,
  parseUnitPart,
  type ServicePart,
  type UnitPart,
} from './unit-properties.ts'

/** Of the units that are an instance's; of all others nothing is told. */
export type SystemdSignal =
  /** Of a change of a unit two signals tell, this one first. */
  | { readonly kind: 'service'; readonly name: string; readonly part: ServicePart }
  | { readonly kind: 'unit'; readonly name: string; readonly part: UnitPart }
  | { readonly kind: 'loaded' | 'unloaded'; readonly name: string }
  /** What it says from the beginning of a reload until its end is about itself. */
  | { readonly kind: 'reload-begins' | 'reload-ended' }
  /** systemd was executed anew and has another name on the bus. */
  | { readonly kind: 'reexecuted' }
  /** Units were enabled or disabled. */
  | { readonly kind: 'files-changed' }

const manager = {
  destination: 'org.freedesktop.systemd1',
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
} as const
const properties = 'org.freedesktop.DBus.Properties'
const unitInterface = 'org.freedesktop.systemd1.Unit'
const serviceInterface = 'org.freedesktop.systemd1.Service'

const managerSignals = ['UnitNew', 'UnitRemoved', 'Reloading', 'UnitFilesChanged'] as const
const matches = [
  `type='signal',sender='${manager.destination}',interface='${properties}',member='PropertiesChanged',path_namespace='/org/freedesktop/systemd1/unit'`,
  ...managerSignals.map(
    member =>
      `type='signal',sender='${manager.destination}',interface='${manager.interface}',member='${member}'`,
  ),
]

/**
 * systemd's manager by way of the system bus, as org.freedesktop.systemd1(5) describes it: reading alone, which needs
 * no privilege. Everything rejects with `unavailable`.
 */
export class SystemdBus {
  readonly #onSignal: (signal: SystemdSignal) => void
  #connection: Connection | null = null
  /** Its unique name: everybody may send a signal to us, so that signals of others have to be told apart. */
  #owner = ''
  readonly #lost = Promise.withResolvers<void>()
  /** Resolves when the connection is of no use any more, also after `close`. */
  readonly lost = this.#lost.promise

  private constructor(onSignal: (signal: SystemdSignal) => void) {
    this.#onSignal = onSignal
  }

  /** Connects and subscribes. */
  static async open(options: {
    readonly socket: string
    readonly patience: number
    readonly onSignal: (signal: SystemdSignal) => void
    readonly signal: AbortSignal
  }): Promise<SystemdBus> {
    const bus = new SystemdBus(options.onSignal)
    const connection = await Connection.open(
      {
        socket: options.socket,
        patience: options.patience,
        onSignal: message => bus.#receive(message),
        onLost: () => bus.#lost.resolve(),
      },
      options.signal,
    )
    bus.#connection = connection
    const onAbort = () => bus.close()
    options.signal.addEventListener('abort', onAbort, { once: true })
    try {
      await connection.addMatch(
        `type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${manager.destination}'`,
      )
      await connection.callOrThrow(
        {
          destination: 'org.freedesktop.DBus',
          path: '/org/freedesktop/DBus',
          interface: 'org.freedesktop.DBus',
          member: 'GetNameOwner',
          signature: 's',
          values: [manager.destination],
        },
        reply => {
          bus.#owner = reply.values('s')[0] as string
        },
      )
      await Promise.all(matches.map(rule => connection.addMatch(rule)))
      await bus.subscribe()
      return bus
    } catch (error) {
      bus.close()
      throw error
    } finally {
      options.signal.removeEventListener('abort', onAbort)
    }
  }

  close(): void {
    this.#connection?.close()
    this.#lost.resolve()
  }

  /** systemd sends no signals before somebody asks for them. Idempotent. */
  async subscribe(): Promise<void> {
    await this.#connected().call({ ...manager, member: 'Subscribe' }, reply => {
      if (reply.kind === 'error' && reply.name !== 'org.freedesktop.systemd1.AlreadySubscribed')
        throw new RangeError(`systemd refused to be watched: ${reply.message}`)
    })
  }

  /** Names and `ActiveState`s of the loaded units that match one of the patterns. Loads none. */
  listUnits<Result>(
    patterns: readonly string[],
    read: (units: readonly { readonly name: string; readonly activeState: string }[]) => Result,
  ): Promise<Result> {
    const call = { ...manager, member: 'ListUnitsByPatterns', signature: 'asas', values: [[], patterns] }
    return this.#connected().callOrThrow(call, reply => {
      const [units] = reply.values('a(ssssssouso)')
      return read(
        (units as readonly (readonly string[])[]).map(([name = '', , , activeState = '']) => ({
          name,
          activeState,
        })),
      )
    })
  }

  /** Reads both parts of a unit, in the order in which its signals come. null: it is gone. */
  async readUnit(
    name: string,
    onService: (part: ServicePart | null) => void,
    onUnit: (part: UnitPart | null) => void,
  ): Promise<void> {
    await Promise.all([
      this.#getAll(name, serviceInterface, found => onService(found && parseServicePart(found))),
      this.#getAll(name, unitInterface, found => onUnit(found && parseUnitPart(found))),
    ])
  }

  /** ms that the next automatic restart waits, or waited from when it began to. null: the unit is gone. */
  async readRestartDelay(name: string): Promise<number | null> {
    const microseconds = await this.#getOfService(name, 'RestartUSecNext')
    return typeof microseconds === 'bigint' ? Number(microseconds) / 1000 : null
  }

  /** Of the unit, below cgroup2's mount. null: it has none. */
  async readControlGroup(name: string): Promise<string | null> {
    const path = await this.#getOfService(name, 'ControlGroup')
    return typeof path === 'string' && path !== '' ? path : null
  }

  /** Resolves when every signal that systemd sent before this call has been handed on. */
  async settle(): Promise<void> {
    const ping = { ...manager, interface: 'org.freedesktop.DBus.Peer', member: 'Ping' }
    await this.#connected().callOrThrow(ping, () => undefined)
  }

  #getOfService(name: string, property: string): Promise<Value | null> {
    const call = {
      ...manager,
      path: unitPathOf(name),
      interface: properties,
      member: 'Get',
      signature: 'ss',
      values: [serviceInterface, property],
    }
    return this.#connected().call(call, reply =>
      reply.kind === 'error' ? null : (reply.message.values('v')[0] as Variant).value,
    )
  }

  #getAll(name: string, of: string, read: (found: PropertyMap | null) => void): Promise<void> {
    const call = {
      ...manager,
      path: unitPathOf(name),
      interface: properties,
      member: 'GetAll',
      signature: 's',
      values: [of],
    }
    return this.#connected().call(call, reply =>
      read(reply.kind === 'error' ? null : (reply.message.values('a{sv}')[0] as PropertyMap)),
    )
  }

  #connected(): Connection {
    if (!this.#connection) throw new TypeError('not connected')
    return this.#connection
  }

  #receive(message: Message): void {
    const { sender, interface: from, member, path = '' } = message.header
    if (sender === 'org.freedesktop.DBus' && member === 'NameOwnerChanged') {
      const [, , owner = ''] = message.values('sss') as readonly string[]
      this.#owner = owner
      if (this.#owner !== '') this.#onSignal({ kind: 'reexecuted' })
      return
    }
    if (sender !== this.#owner) return
    if (from === properties && member === 'PropertiesChanged') this.#receiveChange(message, path)
    else if (from === manager.interface) this.#receiveOfManager(message)
  }

  #receiveChange(message: Message, path: string): void {
    const name = unitNameOfPath(path)
    // On a host most units aren't ours: what is said of them isn't even read.
    if (name === null || !parseUnitName(name)) return
    const [of, changed] = message.values('sa{sv}as')
    if (of === unitInterface)
      this.#onSignal({ kind: 'unit', name, part: parseUnitPart(changed as PropertyMap) })
    else if (of === serviceInterface)
      this.#onSignal({ kind: 'service', name, part: parseServicePart(changed as PropertyMap) })
  }

  #receiveOfManager(message: Message): void {
    const { member } = message.header
    if (member === 'UnitNew' || member === 'UnitRemoved') {
      const name = message.values('so')[0] as string
      if (parseUnitName(name)) this.#onSignal({ kind: member === 'UnitNew' ? 'loaded' : 'unloaded', name })
    } else if (member === 'Reloading')
      this.#onSignal({ kind: message.values('b')[0] === true ? 'reload-begins' : 'reload-ended' })
    else if (member === 'UnitFilesChanged') this.#onSignal({ kind: 'files-changed' })
  }
}
