import type { LogLine } from '@left4me/host'
import { type ConsoleObservation, readConsoleLine } from '@left4me/protocols'

/** What a server's console said last, for somebody who wants to know why it didn't start. */
export interface ConsoleExcerpt {
  /** Oldest first. */
  readonly lines: readonly string[]
  /** The newest line whose cause is known. */
  readonly observation: ConsoleObservation | null
}

const shownLines = 5
const shownLength = 200

/** What every start prints, broken or not. */
const noise =
  /failed to dlopen|^\[S_API|SteamAPI_Init|^ConVarRef |^Parent cvar|breakpad|^#?Console initialized|^#$|^\s*$/i

/** `secret` is taken out, should the server have printed it. */
export function excerptOf(log: readonly LogLine[], since: number, secret: string): ConsoleExcerpt {
  const texts = log.filter(line => line.time >= since).map(line => line.text)
  const observation =
    texts.map(readConsoleLine).findLast(each => each !== null && each.remedy !== null) ?? null
  return {
    lines: texts
      .filter(text => !noise.test(text))
      .slice(-shownLines)
      .map(text => cut(withoutSecret(text.trim(), secret))),
    observation,
  }
}

/** Text that a server printed may hold its RCON password: nobody ever sees it. */
export function withoutSecret(text: string, secret: string): string {
  return secret === '' ? text : text.replaceAll(secret, '(kept secret)')
}

function cut(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text
}
