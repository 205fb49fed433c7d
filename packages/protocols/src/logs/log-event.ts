import type { LogEntity } from './log-entity.ts'

/** What happened, by a line of the HL Log Standard (https://developer.valvesoftware.com/wiki/HL_Log_Standard). */
export type LogEvent = PlayerLogEvent | ServerLogEvent

export type PlayerLogEvent =
  | { readonly kind: 'connected'; readonly player: LogEntity; readonly address: string | null }
  | { readonly kind: 'validated'; readonly player: LogEntity }
  | { readonly kind: 'entered'; readonly player: LogEntity }
  | { readonly kind: 'team-joined'; readonly player: LogEntity; readonly team: string }
  /** Text of a person. Never a reason to grant anything: see `ambiguous` of the line. */
  | { readonly kind: 'chat'; readonly player: LogEntity; readonly text: string; readonly teamOnly: boolean }
  | { readonly kind: 'renamed'; readonly player: LogEntity; readonly newName: string }
  | { readonly kind: 'disconnected'; readonly player: LogEntity; readonly reason: string }
  | {
      readonly kind: 'killed'
      readonly player: LogEntity
      readonly victim: LogEntity
      readonly weapon: string
      readonly headshot: boolean
    }
  | {
      readonly kind: 'incapacitated'
      readonly player: LogEntity
      readonly attacker: LogEntity
      readonly weapon: string
    }
  | {
      readonly kind: 'triggered'
      readonly player: LogEntity
      readonly event: string
      readonly against: LogEntity | null
    }
  | { readonly kind: 'suicide'; readonly player: LogEntity; readonly weapon: string | null }
  | { readonly kind: 'spawned'; readonly player: LogEntity }
  | { readonly kind: 'used'; readonly player: LogEntity; readonly item: string }

export type ServerLogEvent =
  | { readonly kind: 'log-started'; readonly file: string; readonly game: string; readonly version: string }
  | { readonly kind: 'log-closed' }
  | { readonly kind: 'map-loading'; readonly map: string }
  | { readonly kind: 'map-started'; readonly map: string; readonly crc: string }
  | { readonly kind: 'map-changing'; readonly map: string }
  | { readonly kind: 'world-triggered'; readonly event: string }
  | { readonly kind: 'cvar'; readonly name: string; readonly value: string }
  | { readonly kind: 'cvars-listed'; readonly at: 'start' | 'end' }
  | { readonly kind: 'rcon'; readonly address: string; readonly command: string }
  | { readonly kind: 'rcon-refused'; readonly address: string }
  /** Anything else: plugins write what they like. */
  | { readonly kind: 'other' }

/** As printed: the server's own clock, without a zone. */
export interface LogTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

export interface LogLine {
  readonly time: LogTime
  /** What follows the time. */
  readonly text: string
  readonly event: LogEvent
  /**
   * The line can be read in more than one way, because a name or a text in it imitates another line. The kind is then
   * the least harmful one, and the player is not certain.
   */
  readonly ambiguous: boolean
}
