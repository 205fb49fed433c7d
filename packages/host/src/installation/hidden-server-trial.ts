import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { A2sClient } from '@left4me/protocols/client'
import { derivedPorts } from '../derived-ports.ts'
import type { Host } from '../host.ts'
import { HostError } from '../host-error.ts'
import type { RevisionTrial } from './installation-options.ts'
import { cancelled } from './steamcmd-install.ts'

/** The instance that tries a revision out. No server has this number, and no list of instances shows it. */
export const hiddenInstanceId = 900_000_000_000_000

/** Game ports that it may have, below those of servers by default; the further ports lie as far above. */
const hiddenPorts = { first: 26_900, last: 26_999 }
const portAttempts = 3
const pause = 250
const queryTimeout = 1000
/** Lines of its console that the failure tells. */
const excerptLines = 15
/** There is nothing to save. Milliseconds. */
const hasty = { quit: 0, interrupt: 3000, terminate: 2000 }

export interface HiddenServerOptions {
  readonly host: Pick<Host, 'start' | 'stop' | 'remove' | 'status' | 'logTail'>
  /** Milliseconds that it gets to answer. */
  readonly deadline: number
  /** After its own ones: for the simulated game. */
  readonly arguments: readonly string[]
}

export const defaultRevisionTrial = { deadline: 180_000, arguments: [] as readonly string[] }
export type RevisionTrialSettings = Omit<HiddenServerOptions, 'host'>

/**
 * Starts a server that nobody sees with a revision and waits until it answers a player's first question (A2S_INFO);
 * then, and after every failure, it is stopped and removed.
 */
export class HiddenServerTrial implements RevisionTrial {
  readonly #options: HiddenServerOptions

  constructor(options: HiddenServerOptions) {
    this.#options = options
  }

  async run(revision: number, { onOutput, signal }: Parameters<RevisionTrial['run']>[1]): Promise<void> {
    await this.clear()
    for (let attempt = 1; ; attempt++) {
      const port = await freePort()
      onOutput(`left4me: Trying revision ${revision} out with a hidden server on port ${port}.`)
      const failure = await this.#attempt(revision, port, onOutput, signal)
      if (failure === null) return
      // Somebody else took the port between our look and its start: that says nothing about the revision.
      if (attempt === portAttempts || (await isFree(port))) throw failure
      onOutput(`left4me: Port ${port} was taken meanwhile; trying another one.`)
    }
  }

  /** null: it answered. Rejects with `cancelled`. */
  async #attempt(
    revision: number,
    port: number,
    onOutput: (line: string) => void,
    signal: AbortSignal,
  ): Promise<HostError | null> {
    try {
      await this.#options.host.start({
        instanceId: hiddenInstanceId,
        port,
        // Only for its own network: it asks no master server to list it.
        arguments: ['+sv_lan', '1', '+map', 'c1m1_hotel', ...this.#options.arguments],
        layers: [],
        installation: revision,
      })
      await this.#answer(port, signal)
      onOutput('left4me: It answers.')
      return null
    } catch (error) {
      if (signal.aborted) throw cancelled()
      return await this.#failure(error, onOutput)
    } finally {
      await this.clear()
    }
  }

  async clear(): Promise<void> {
    await this.#options.host.stop(hiddenInstanceId, { patience: hasty })
    await this.#options.host.remove(hiddenInstanceId)
  }

  async #answer(port: number, signal: AbortSignal): Promise<void> {
    const { host, deadline } = this.#options
    const end = performance.now() + deadline
    const client = new A2sClient()
    await client.open()
    try {
      for (;;) {
        signal.throwIfAborted()
        const status = await host.status(hiddenInstanceId)
        if (status.phase !== 'running')
          throw new Error(status.reason?.message ?? `It is ${status.phase} right after its start.`)
        const target = { host: '127.0.0.1', port }
        const answer = client.info(target, { signal, timeoutMs: queryTimeout })
        if (await answer.then(isAnswer, () => false)) return
        if (performance.now() > end)
          throw new Error(`It ran for ${Math.round(deadline / 1000)} s without answering.`)
        await delay(pause, undefined, { signal })
      }
    } finally {
      await client.close()
    }
  }

  async #failure(error: unknown, onOutput: (line: string) => void): Promise<HostError> {
    const lines = await this.#options.host.logTail(hiddenInstanceId, excerptLines).catch(() => [])
    for (const { text } of lines) onOutput(`> ${text}`)
    const last = lines.findLast(({ text }) => text.trim() !== '')
    const reason = error instanceof Error ? error.message : String(error)
    return new HostError(
      'install-failed',
      `No server starts with the new game files, so they aren't used: ${reason}${last ? ` It last printed “${last.text}”.` : ''}`,
      {
        remedy:
          'Servers keep the files that they have. Look at the output, then update again: every file is compared with Steam’s then.',
        cause: error,
      },
    )
  }
}

const isAnswer = () => true

async function freePort(): Promise<number> {
  const count = hiddenPorts.last - hiddenPorts.first + 1
  // Not always from the same end: several left4me on a machine would get into each other's way.
  const start = randomInt(count)
  for (let index = 0; index < count; index++) {
    const port = hiddenPorts.first + ((start + index) % count)
    if (await isFree(port)) return port
  }
  throw new HostError(
    'install-failed',
    `No port from ${hiddenPorts.first} to ${hiddenPorts.last} is free to try the new game files out on.`,
    { remedy: 'End what takes them, then update again.' },
  )
}

async function isFree(port: number): Promise<boolean> {
  const { client, television, steam } = derivedPorts(port)
  const free = await Promise.all([
    takesTcp(port),
    ...[port, client, television, steam].map(each => takesUdp(each)),
  ])
  return free.every(Boolean)
}

async function takesUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  try {
    socket.bind({ port, address: '0.0.0.0', exclusive: true })
    await once(socket, 'listening')
    return true
  } catch {
    return false
  } finally {
    socket.close()
  }
}

async function takesTcp(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '0.0.0.0')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
