import type { InstanceSpecification, LayerReference } from '@left4me/host'
import { isListOfText, isRecord } from '../db/json-column.ts'

/** What a server was last started with. While it runs this is what runs, whatever its settings say by now. */
export interface StartedWith {
  readonly specification: InstanceSpecification
  /** Of everything that a start takes from the settings: another fingerprint now means that a restart changes something. */
  readonly fingerprint: string
  /** Overlays whose server.cfg lies in the upper since then. */
  readonly publishedConfigs: readonly number[]
}

/** A type guard for the JSON column. */
export function isStartedWith(value: unknown): value is StartedWith {
  return (
    isRecord(value) &&
    typeof value['fingerprint'] === 'string' &&
    isListOfIds(value['publishedConfigs']) &&
    isSpecification(value['specification'])
  )
}

function isSpecification(value: unknown): value is InstanceSpecification {
  return (
    isRecord(value) &&
    Number.isInteger(value['instanceId']) &&
    Number.isInteger(value['port']) &&
    isListOfText(value['arguments']) &&
    Array.isArray(value['layers']) &&
    value['layers'].every(isLayer) &&
    (value['installation'] === undefined || Number.isInteger(value['installation']))
  )
}

function isLayer(value: unknown): value is LayerReference {
  return isRecord(value) && Number.isInteger(value['overlayId']) && Number.isInteger(value['revision'])
}

function isListOfIds(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(id => Number.isInteger(id))
}
