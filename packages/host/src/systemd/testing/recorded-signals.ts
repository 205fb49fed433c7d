import { readFileSync } from 'node:fs'
import type { ServicePart, UnitPart } from '../units/unit-properties.ts'
import { changed, type UnitState, unloadedState, withoutUnit } from '../units/unit-state.ts'

/**
 * What systemd 257.13 said of a server's two units in a container, with 100 to 400 ms between restarts, signal by signal
 * as the driver reads them; what repeats the one before is left out.
 */
interface RecordedSignal {
  readonly scenario: string
  readonly of: 'server' | 'overlay'
  readonly kind: 'service' | 'unit' | 'loaded' | 'unloaded'
  readonly part: UnitPart & ServicePart
}

export interface BothUnits {
  readonly server: UnitState
  readonly overlay: UnitState
}

const lines = readFileSync(new URL('recorded-signals.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
const signals = lines.map(line => JSON.parse(line) as RecordedSignal)

/** The states that both units went through. */
export function replay(scenario: string): BothUnits[] {
  const states: BothUnits[] = []
  let units: BothUnits = { server: unloadedState, overlay: unloadedState }
  const halves: { [of: string]: ServicePart | null } = {}
  for (const { of, kind, part } of signals.filter(signal => signal.scenario === scenario)) {
    if (kind === 'service') halves[of] = part
    if (kind !== 'unit' && kind !== 'unloaded') continue
    const state = kind === 'unit' ? changed(units[of], part, halves[of] ?? null) : withoutUnit(units[of])
    halves[of] = null
    units = { ...units, [of]: state }
    states.push(units)
  }
  if (states.length === 0) throw new RangeError(`nothing was recorded of ${scenario}`)
  return states
}
