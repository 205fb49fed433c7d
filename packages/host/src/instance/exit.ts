import { constants } from 'node:os'
import type { InstanceStatus } from '../host.ts'

/** Shells, and tini, count an end by signal N as 128 + N. */
export function exitOf(status: number | null, at = Date.now()): InstanceStatus['lastExit'] {
  if (status === null) return { code: null, signal: null, at }
  if (status > 128 && status <= 128 + 64) return { code: null, signal: signalName(status - 128), at }
  return { code: status, signal: null, at }
}

export function describeExit(exit: InstanceStatus['lastExit']): string {
  if (exit?.signal) return `was ended by ${exit.signal}`
  if (exit && exit.code !== null) return `ended with status ${exit.code}`
  return 'ended'
}

export function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}
