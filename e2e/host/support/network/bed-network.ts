import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { A2sInfo } from '@left4me/protocols'
import { waitFor } from '../../../support/wait-for.ts'
import type { Container } from '../container.ts'

/** The network of a container, reached from outside, although no interface leads there. Gone after its reboot. */
export class BedNetwork implements AsyncDisposable {
  readonly #agent: ChildProcess
  readonly #socket: string

  private constructor(agent: ChildProcess, socket: string) {
    this.#agent = agent
    this.#socket = socket
  }

  static async open(container: Container): Promise<BedNetwork> {
    const socket = join(container.folder, 'network.socket')
    const agent = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', 'nsenter', `--net=/proc/${container.leader}/ns/net`],
        ...[process.execPath, join(import.meta.dirname, 'agent.ts'), socket],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } },
    )
    const ended = once(agent, 'exit').then(() => {
      throw new Error("the agent in the container's network did not start")
    })
    await Promise.race([once(agent.stdout, 'data'), ended])
    ended.catch(() => undefined)
    return new BedNetwork(agent, socket)
  }

  /** What the game server on that port says of itself (A2S_INFO); null when it doesn't answer at once. */
  async query(port: number): Promise<A2sInfo | null> {
    const socket = connect(this.#socket)
    socket.write(`query ${port}\n`)
    return JSON.parse(await text(socket)) as A2sInfo | null
  }

  /** Resolves when the game server on that port answers. */
  async joinable(port: number): Promise<A2sInfo> {
    return await waitFor(`the game server on port ${port} answers`, () => this.query(port))
  }

  /** A TCP port of the bed's loopback as one of this machine's. */
  async forward(port: number): Promise<AsyncDisposable & { readonly port: number }> {
    const server = createServer(outside => {
      const inside = connect(this.#socket)
      inside.write(`connect ${port}\n`)
      outside.pipe(inside).pipe(outside)
      for (const [one, other] of [
        [inside, outside],
        [outside, inside],
      ] as const) {
        one.on('error', () => other.destroy())
        one.on('close', () => other.destroy())
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      port: (server.address() as AddressInfo).port,
      async [Symbol.asyncDispose]() {
        server.close()
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#agent.exitCode !== null || this.#agent.signalCode !== null) return
    const ended = once(this.#agent, 'exit')
    this.#agent.kill('SIGKILL')
    await ended
  }
}
