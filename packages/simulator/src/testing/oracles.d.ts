/** What the tests use of clients that bring no types. */
declare module 'gamedig' {
  export const GameDig: {
    query(options: {
      readonly type: string
      readonly host: string
      readonly port: number
      readonly givenPortOnly?: boolean
      readonly requestRules?: boolean
      /** Milliseconds for one answer, and for all of them. */
      readonly socketTimeout?: number
      readonly attemptTimeout?: number
    }): Promise<{
      readonly name: string
      readonly map: string
      readonly players: readonly { readonly name: string }[]
      readonly raw: unknown
    }>
  }
}

declare module 'rcon' {
  export default class Rcon {
    constructor(host: string, port: number, password: string)
    on(event: 'auth', listener: () => void): this
    on(event: 'response', listener: (text: string) => void): this
    on(event: 'error', listener: (error: Error) => void): this
    connect(): void
    send(command: string): void
    disconnect(): void
  }
}
