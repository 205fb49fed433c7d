/** The part of autocannon 9 that is used; it brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface Options {
    readonly url: string
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    readonly headers?: Readonly<Record<string, string>>
  }

  interface Result {
    readonly non2xx: number
    readonly '2xx': number
    readonly errors: number
    readonly timeouts: number
    readonly mismatches: number
  }

  interface Run extends EventEmitter, PromiseLike<Result> {
    on(
      event: 'response',
      listener: (client: unknown, statusCode: number, bytes: number, milliseconds: number) => void,
    ): this
  }

  export default function autocannon(options: Options): Run
}
