import { readFileSync } from 'node:fs'
import { parseRecord } from '../reports/json-record.ts'

/** What the last look at a tree found, kept between two runs of the watcher. */
export interface TreeRecord {
  readonly bytes: number
  /** What it had at the last look at which the disk had its reserve free. */
  readonly bytesBeforeShort: number
  /** When it was measured, in ms since the epoch. */
  readonly at: number
  /** How long that took, in ms. */
  readonly took: number
}

export type WatchRecord = ReadonlyMap<string, TreeRecord>

/** Empty when there is none, or none that can be understood. */
export function readWatchRecord(path: string): WatchRecord {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return new Map()
  }
  return new Map(
    Object.entries(parseRecord(text) ?? {}).flatMap(([key, value]) => {
      const { bytes, bytesBeforeShort, at, took } = (value ?? {}) as Record<string, unknown>
      return typeof bytes === 'number' &&
        typeof bytesBeforeShort === 'number' &&
        typeof at === 'number' &&
        typeof took === 'number'
        ? [[key, { bytes, bytesBeforeShort, at, took }] as const]
        : []
    }),
  )
}

export function formatWatchRecord(record: WatchRecord): string {
  return JSON.stringify(Object.fromEntries(record))
}

/** Of its time, what measuring one tree may take at most; large ones are looked at less often. */
const share = 0.02

/** Whether a tree has to be measured again. */
export function isDue(before: TreeRecord | undefined, now: number): boolean {
  return before === undefined || now < before.at || now - before.at >= before.took / share
}
