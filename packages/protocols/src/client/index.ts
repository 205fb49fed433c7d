export { A2sClient } from './a2s-client.ts'
export type { CallOptions } from './deadline.ts'
export { RconClient, type RconClientOptions } from './rcon-client.ts'
export type { Target } from './target.ts'
