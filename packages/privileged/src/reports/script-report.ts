import { parseRecord } from './json-record.ts'

export const scriptOutcomes = [
  'succeeded',
  /** It ended with another exit code than 0. */
  'failed',
  /** A signal ended it. */
  'killed',
  'timeout',
  'out-of-memory',
  'disk-limit',
  'cancelled',
  /** systemd could not start it; the message says why. */
  'not-started',
] as const
export type ScriptOutcome = (typeof scriptOutcomes)[number]

/**
 * How a script in the sandbox ended: the one line that `left4me-script-sandbox` writes on stderr. The script's own
 * output, its stderr included, comes on stdout, so it can't write this line.
 */
export interface ScriptReport {
  readonly outcome: ScriptOutcome
  readonly exitCode: number | null
  /** The signal's number. */
  readonly signal: number | null
  readonly message: string
  readonly remedy: string
  /** null where the kernel doesn't count. */
  readonly memoryPeakBytes: number | null
  readonly cpuSeconds: number | null
}

export function formatScriptReport(report: ScriptReport): string {
  const { outcome, exitCode, signal, message, remedy, memoryPeakBytes, cpuSeconds } = report
  return `${JSON.stringify({ outcome, exitCode, signal, message, remedy, memoryPeakBytes, cpuSeconds })}\n`
}

/** null when it isn't what `formatScriptReport` writes, for example because the helper itself was killed. */
export function parseScriptReport(text: string): ScriptReport | null {
  const record = parseRecord(text)
  if (!record) return null
  const outcome = scriptOutcomes.find(known => known === record['outcome'])
  const { exitCode, signal, message, remedy, memoryPeakBytes, cpuSeconds } = record
  if (!outcome || typeof message !== 'string' || typeof remedy !== 'string') return null
  if (!isNumberOrNull(exitCode) || !isNumberOrNull(signal)) return null
  if (!isNumberOrNull(memoryPeakBytes) || !isNumberOrNull(cpuSeconds)) return null
  return { outcome, exitCode, signal, message, remedy, memoryPeakBytes, cpuSeconds }
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || typeof value === 'number'
}
