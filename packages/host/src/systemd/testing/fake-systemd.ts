import type { Message } from '../dbus/message.ts'
import { type Value, Variant } from '../dbus/value.ts'
import { unitPathOf } from '../units/unit-name.ts'
import type { Answer, FakeBus } from './fake-bus.ts'

export interface FakeUnit {
  activeState: string
  subState: string
  restarts: number
  mainPid: number
  mainStatus: number
}

const properties = 'org.freedesktop.DBus.Properties'
const manager = { path: '/org/freedesktop/systemd1', interface: 'org.freedesktop.systemd1.Manager' }

/** systemd's manager on a `FakeBus`, as far as the driver asks it. */
export class FakeSystemd {
  readonly units = new Map<string, FakeUnit>()
  readonly #bus: FakeBus
  owner = ':1.0'

  constructor(bus: FakeBus) {
    this.#bus = bus
    bus.answer = (member, message) => this.#answer(member, message)
  }

  /** Changes a unit and, unless `silently`, says so in two signals, as `sender`. */
  set(name: string, change: Partial<FakeUnit>, how: { silently?: boolean; sender?: string } = {}): void {
    const before = this.units.get(name) ?? {
      activeState: 'inactive',
      subState: 'dead',
      restarts: 0,
      mainPid: 0,
      mainStatus: 0,
    }
    const unit = { ...before, ...change }
    // What somebody else says doesn't make it so.
    if (how.sender === undefined) this.units.set(name, unit)
    if (how.silently) return
    for (const part of ['Service', 'Unit'] as const)
      this.#bus.emit(
        {
          sender: how.sender ?? this.owner,
          path: unitPathOf(name),
          interface: properties,
          member: 'PropertiesChanged',
          signature: 'sa{sv}as',
        },
        [`org.freedesktop.systemd1.${part}`, propertiesOf(unit, part), ['Conditions']],
      )
  }

  /** A unit that isn't needed any more. */
  unload(name: string): void {
    this.units.delete(name)
    this.emit('UnitRemoved', 'so', [name, unitPathOf(name)])
  }

  emit(member: string, signature: string, values: readonly Value[]): void {
    this.#bus.emit({ sender: this.owner, ...manager, member, signature }, values)
  }

  /** systemd was executed anew: everything that it said meanwhile is lost. */
  reexecute(): void {
    const before = this.owner
    this.owner = ':1.55'
    this.#bus.emit(
      {
        sender: 'org.freedesktop.DBus',
        path: '/org/freedesktop/DBus',
        interface: 'org.freedesktop.DBus',
        member: 'NameOwnerChanged',
        signature: 'sss',
      },
      ['org.freedesktop.systemd1', before, this.owner],
    )
  }

  #answer(member: string, message: Message): Answer {
    switch (member) {
      case 'GetNameOwner':
        return { signature: 's', values: [this.owner] }
      case 'ListUnitsByPatterns': {
        const [, patterns] = message.values('asas') as [string[], string[]]
        const listed = [...this.units]
          .filter(([name]) => patterns.some(pattern => matches(pattern, name)))
          .map(([name, { activeState, subState }]) => [
            ...[name, '', 'loaded', activeState, subState, ''],
            ...[unitPathOf(name), 0, '', '/'],
          ])
        return { signature: 'a(ssssssouso)', values: [listed] }
      }
      case 'GetAll': {
        const unit = [...this.units].find(([name]) => unitPathOf(name) === message.header.path)?.[1]
        if (!unit) return { error: 'org.freedesktop.DBus.Error.UnknownObject' }
        const part = (message.values('s')[0] as string).endsWith('Unit') ? 'Unit' : 'Service'
        return { signature: 'a{sv}', values: [propertiesOf(unit, part)] }
      }
      case 'Get':
        return { signature: 'v', values: [new Variant('t', 250_000n)] }
      default:
        return { signature: '', values: [] }
    }
  }
}

function matches(pattern: string, name: string): boolean {
  const [before = '', after] = pattern.split('*')
  return after === undefined ? name === pattern : name.startsWith(before) && name.endsWith(after)
}

function propertiesOf(unit: FakeUnit, part: 'Unit' | 'Service'): ReadonlyMap<Value, Value> {
  const now = 1_800_000_000_000_000n
  const ended = unit.mainStatus !== 0
  return part === 'Unit'
    ? new Map<Value, Value>([
        ['ActiveState', new Variant('s', unit.activeState)],
        ['SubState', new Variant('s', unit.subState)],
        ['Job', new Variant('(uo)', [0, '/'])],
        ['InvocationID', new Variant('ay', Uint8Array.of(1, unit.restarts))],
        ...['ActiveEnter', 'ActiveExit', 'InactiveEnter', 'InactiveExit', 'StateChange'].map(
          (name): [Value, Value] => [`${name}Timestamp`, new Variant('t', now)],
        ),
      ])
    : new Map<Value, Value>([
        ['Result', new Variant('s', ended ? 'exit-code' : 'success')],
        ['MainPID', new Variant('u', unit.mainPid)],
        ['ExecMainStartTimestamp', new Variant('t', now)],
        ['ExecMainExitTimestamp', new Variant('t', ended ? now : 0n)],
        ['ExecMainCode', new Variant('i', ended ? 1 : 0)],
        ['ExecMainStatus', new Variant('i', unit.mainStatus)],
        ['NRestarts', new Variant('u', unit.restarts)],
      ])
}
