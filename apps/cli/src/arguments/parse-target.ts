import type { Target } from '@left4me/protocols/client'
import { UsageError } from '../cli-error.ts'

/** `HOST:PORT` as a target. Throws UsageError. */
export function parseTarget(text: string): Target {
  const [, host, digits] = /^([^\s:]+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (host === undefined || !(port >= 1 && port <= 65_535))
    throw new UsageError(`“${text}” is not HOST:PORT, for example 127.0.0.1:27015`)
  return { host, port }
}
