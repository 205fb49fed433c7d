import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { HostError } from '../../host-error.ts'
import { ChangeFeed } from './change-feed.ts'
import { KeptBus } from './kept-bus.ts'
import type { SystemdBus, SystemdSignal } from './systemd-bus.ts'
import { parseUnitName, type UnitKind, unitNameOf, unitPatternOf } from './unit-name.ts'
import type { ServicePart, UnitPart } from './unit-properties.ts'
import {
  changed,
  isPassing,
  isWaitingForRestart,
  rememberingRun,
  type UnitState,
  unloadedState,
  withoutUnit,
} from './unit-state.ts'

export interface UnitMonitorOptions {
  /** The bus's socket. */
  readonly socket: string
  /** Milliseconds that an answer of systemd may take, and that a question waits for a lost connection. */
  readonly patience: number
  /** Ids of the instances whose units changed, or may have while nobody watched. */
  readonly onChange: (instanceIds: ReadonlySet<number>) => void
  /** Units were enabled or disabled. */
  readonly onFilesChange: () => void
}

/** Milliseconds after which the end of a reload is no longer waited for. */
const reloadPatience = 15_000

/**
 * What systemd says of every instance's units, kept up to date by its signals and read anew whenever one may have been
 * missed: after the bus or systemd itself was started again, and after a reload. Costs nothing while nothing changes.
 */
export class UnitMonitor {
  readonly #options: UnitMonitorOptions
  #units = new Map<string, UnitState>()
  /** As they were when last known. */
  #before: ReadonlyMap<string, UnitState> = new Map()
  /** The first half of a change whose second one comes next. */
  readonly #halves = new Map<string, ServicePart>()
  readonly #bus: KeptBus
  readonly #feed: ChangeFeed
  /** Resolves when what is known is what systemd says. */
  #known = Promise.withResolvers<void>()
  #isKnown = false
  #reloading = false
  #reloadTimer: NodeJS.Timeout | null = null
  /** Counts the readings of everything: an older one's end says nothing. */
  #reading = 0

  constructor(options: UnitMonitorOptions) {
    this.#options = options
    this.#feed = new ChangeFeed(instanceIds => {
      // Otherwise all are told of when it is known again.
      if (this.#isKnown) options.onChange(instanceIds)
    })
    this.#bus = new KeptBus({
      socket: options.socket,
      patience: options.patience,
      onSignal: signal => this.#receive(signal),
      onConnected: bus => this.#readAll(bus),
      onLost: () => this.#forgetAll(),
    })
  }

  /** Resolves when everything is known. Rejects with `unavailable`; then it may be called again. */
  async open(): Promise<void> {
    try {
      await this.#bus.open()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#forgetAll()
    this.#endReload()
    await this.#bus.close()
    this.#units.clear()
    this.#feed.clear()
  }

  /** Waits, while it isn't known what systemd says, until it is. Rejects with `unavailable` after the patience. */
  async ready(): Promise<void> {
    if (this.#isKnown) return
    const waiting = new AbortController()
    const late = delay(this.#options.patience, undefined, { signal: waiting.signal }).then(() => {
      throw new HostError('unavailable', 'systemd can not be asked what runs.', {
        remedy: 'See whether dbus.service is well: “systemctl status dbus”.',
      })
    })
    try {
      await Promise.race([this.#known.promise, late])
    } finally {
      waiting.abort()
      late.catch(() => undefined)
    }
  }

  /** The same, and everything that systemd did before this call is in what is known. */
  async settle(): Promise<void> {
    await this.ready()
    try {
      await this.#bus.current?.settle()
    } catch {
      // Lost just now, which is noticed in this turn: the next connection begins with a reading of everything.
      await nextTurn()
    }
    await this.ready()
  }

  /** Resolves when `condition` holds, looking after every change. Rejects when `signal` aborts. */
  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return this.#feed.until(() => this.#isKnown && condition(), signal)
  }

  stateOf(kind: UnitKind, instanceId: number): UnitState {
    return this.#units.get(unitNameOf(kind, instanceId)) ?? unloadedState
  }

  /** Instances with a unit that is loaded or was. */
  instanceIds(): Set<number> {
    return idsOf(this.#units)
  }

  /** Where the kernel accounts for what an instance's game uses; null when it doesn't run. */
  async controlGroupOf(instanceId: number): Promise<string | null> {
    await this.ready()
    const name = unitNameOf('server', instanceId)
    return (await this.#bus.current?.readControlGroup(name)) ?? null
  }

  /** Those of the units that are active, whosever they are. Rejects with `unavailable`. */
  async activeUnits(names: readonly string[]): Promise<Set<string>> {
    await this.ready()
    const active = await this.#bus.current?.listUnits(names, units =>
      units.filter(({ activeState }) => activeState === 'active').map(({ name }) => name),
    )
    return new Set(active)
  }

  /** What is remembered of an instance whose units aren't loaded any more. */
  forget(instanceId: number): void {
    for (const kind of ['server', 'overlay'] as const) {
      const name = unitNameOf(kind, instanceId)
      if (this.#units.get(name)?.unit.activeState === 'inactive') this.#units.delete(name)
    }
  }

  #receive(signal: SystemdSignal): void {
    switch (signal.kind) {
      case 'reload-begins':
        this.#beginReload()
        break
      case 'reload-ended':
        this.#readAnew()
        break
      case 'reexecuted':
        this.#readAnew()
        break
      case 'files-changed':
        this.#options.onFilesChange()
        break
      default:
        // During a reload every unit goes and comes back: that is nothing that happened to it.
        if (!this.#reloading) this.#receiveOfUnit(signal)
    }
  }

  #receiveOfUnit(signal: Extract<SystemdSignal, { name: string }>): void {
    const { name } = signal
    switch (signal.kind) {
      case 'service':
        this.#halves.set(name, signal.part)
        break
      case 'unit':
        this.#complete(name, signal.part)
        break
      case 'unloaded':
        this.#change(name, withoutUnit)
        break
      case 'loaded':
        // Its signal of being loaded may stand for changes too, which then aren't told.
        this.#orReadAnew(this.#readLoaded(name))
        break
    }
  }

  #complete(name: string, unit: UnitPart): void {
    const service = this.#halves.get(name) ?? null
    this.#halves.delete(name)
    this.#change(name, state => changed(state, unit, service))
  }

  #change(name: string, change: (state: UnitState) => UnitState): void {
    const before = this.#units.get(name) ?? unloadedState
    const after = change(before)
    this.#units.set(name, after)
    const { kind, instanceId } = parseUnitName(name) ?? {}
    if (instanceId === undefined) return
    if (kind === 'server' && isWaitingForRestart(after.unit) && after.restartDelay === null) {
      // Told together with how long it waits.
      if (isWaitingForRestart(before.unit)) return
      this.#orReadAnew(this.#readRestartDelay(name).then(() => this.#feed.add(instanceId)))
    } else if (!isPassing(after.unit)) this.#feed.add(instanceId)
  }

  async #readRestartDelay(name: string): Promise<void> {
    const restartDelay = await this.#bus.current?.readRestartDelay(name)
    const state = this.#units.get(name)
    if (state && isWaitingForRestart(state.unit) && restartDelay !== undefined)
      this.#units.set(name, { ...state, restartDelay })
  }

  async #readLoaded(name: string): Promise<void> {
    const active = await this.#bus.current?.listUnits([name], units =>
      units.some(({ activeState }) => activeState !== 'inactive'),
    )
    if (active) await this.#readUnit(name)
  }

  async #readUnit(name: string): Promise<void> {
    await this.#bus.current?.readUnit(
      name,
      service => service && this.#halves.set(name, service),
      unit => (unit ? this.#complete(name, unit) : this.#change(name, withoutUnit)),
    )
  }

  #beginReload(): void {
    this.#reloading = true
    this.#forgetAll()
    this.#reloadTimer ??= setTimeout(() => this.#readAnew(), reloadPatience)
  }

  #readAnew(): void {
    this.#forgetAll()
    const bus = this.#bus.current
    // Not while it is being connected: that ends with a reading of everything anyway.
    if (bus) this.#orReadAnew(bus.subscribe().then(() => this.#readAll(bus)))
  }

  /** After a failure the connection is given up: the next one begins with a reading of everything. */
  #orReadAnew(reading: Promise<void>): void {
    const bus = this.#bus.current
    reading.catch(() => bus?.close())
  }

  async #readAll(bus: SystemdBus): Promise<void> {
    const reading = ++this.#reading
    const patterns = [unitPatternOf('server'), unitPatternOf('overlay')]
    const names = await bus.listUnits(patterns, units => {
      this.#endReload()
      // From here on signals count again, in the order in which systemd sent them.
      this.#units = new Map()
      this.#halves.clear()
      return units.map(({ name }) => name).filter(name => parseUnitName(name))
    })
    await Promise.all(names.map(name => this.#readUnit(name)))
    await Promise.all(
      names
        .filter(name => isWaitingForRestart((this.#units.get(name) ?? unloadedState).unit))
        .map(name => this.#readRestartDelay(name)),
    )
    if (reading !== this.#reading || this.#reloading) return
    for (const [name, state] of this.#units)
      this.#units.set(name, rememberingRun(state, this.#before.get(name) ?? unloadedState))
    this.#isKnown = true
    this.#known.resolve()
    for (const instanceId of [...idsOf(this.#before), ...this.instanceIds()]) this.#feed.add(instanceId)
  }

  #endReload(): void {
    this.#reloading = false
    if (this.#reloadTimer) clearTimeout(this.#reloadTimer)
    this.#reloadTimer = null
  }

  #forgetAll(): void {
    if (!this.#isKnown) return
    this.#isKnown = false
    this.#before = this.#units
    this.#known = Promise.withResolvers()
  }
}

function idsOf(units: ReadonlyMap<string, UnitState>): Set<number> {
  return new Set([...units.keys()].flatMap(name => parseUnitName(name)?.instanceId ?? []))
}
