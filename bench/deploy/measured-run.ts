import { readFile } from 'node:fs/promises'

/** What `measure.py` measured of one run of a program. */
export interface Run {
  readonly milliseconds: number
  /** Of the program and what it started, without what the target does. */
  readonly cpuMilliseconds: number
  /** Of the largest process. */
  readonly megabytes: number
}

/** Throws when the program failed, or printed nothing that matches `expected`, with what it printed last. */
export async function parseMeasured(json: string, printed: string, expected: RegExp): Promise<Run> {
  const run = readMeasured(json)
  const text = await readFile(printed, 'utf8')
  if (run === null || !expected.test(text)) throw new Error(`it failed: ${text.slice(-3000)}`)
  return run
}

/** null when the program's exit code wasn't 0. */
export function readMeasured(json: string): Run | null {
  const value: unknown = JSON.parse(json)
  const number = (key: string) => {
    const found = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
    if (typeof found !== 'number') throw new Error(`measure.py told no ${key}: ${json}`)
    return found
  }
  if (number('exitCode') !== 0) return null
  return {
    milliseconds: number('seconds') * 1000,
    cpuMilliseconds: number('cpuSeconds') * 1000,
    megabytes: number('largestProcess') / 1e6,
  }
}
