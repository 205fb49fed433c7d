/** The part of packages without types of their own that is used. */
declare module '@fabricio-191/valve-server-query' {
  interface ConnectedServer {
    getInfo(): Promise<{ readonly name: string; readonly players: { readonly online: number } }>
    getPlayers(): Promise<readonly { readonly name: string }[]>
    disconnect(): void
  }

  const library: {
    readonly Server: (options: {
      readonly ip: string
      readonly port: number
      readonly timeout: number
      readonly enableWarns: boolean
    }) => Promise<ConnectedServer>
  }
  export default library
}
