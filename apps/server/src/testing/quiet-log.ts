import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'

/** A log whose entries a test can look at. */
export function recordingLog(): { log: FastifyBaseLogger; entries: Record<string, unknown>[] } {
  const entries: Record<string, unknown>[] = []
  const log = pino(
    { level: 'debug' },
    { write: (line: string) => void entries.push(JSON.parse(line) as Record<string, unknown>) },
  )
  return { log, entries }
}

export const quietLog: FastifyBaseLogger = pino({ level: 'silent' })
