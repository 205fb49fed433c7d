import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Server } from '@left4me/contract'
import { ApiClient } from '../../e2e/support/api-client.ts'
import { killLeftovers, processesOf } from '../../e2e/support/process-table.ts'
import { waitFor } from '../../e2e/support/wait-for.ts'
import type { BenchmarkContext } from '../harness/benchmark.ts'
import { startWebProcess, type WebProcess } from './web-process.ts'

const account = { username: 'bench', password: 'correct horse battery staple' } as const
/** Servers that start at the same time, on a machine with a core or two. */
const batch = 5

/** A left4me with a data directory of its own, the simulated game installed and an admin logged in. */
export class BenchLeft4me implements AsyncDisposable {
  readonly #folder: { readonly path: string; remove(): void }
  readonly #firstPort: number
  readonly #profileFolder: string | null
  #web: WebProcess | null = null
  #api: ApiClient | null = null
  #serverCount = 0

  private constructor(
    folder: { readonly path: string; remove(): void },
    firstPort: number,
    profileFolder: string | null,
  ) {
    this.#folder = folder
    this.#firstPort = firstPort
    this.#profileFolder = profileFolder
  }

  /** What it began is undone when it can't be finished. */
  static async start({ profileFolder }: BenchmarkContext): Promise<BenchLeft4me> {
    const left4me = new BenchLeft4me(
      mkdtempDisposableSync(join(tmpdir(), 'left4me-bench-')),
      // Where neither another left4me's servers nor the kernel's own choice of ports is.
      12_000 + 100 * Math.floor(Math.random() * 120),
      profileFolder,
    )
    try {
      await left4me.#startWeb()
      await left4me.api.setUp(await left4me.web.setUpLink(), account.username, account.password)
      await left4me.api.install()
      return left4me
    } catch (error) {
      await left4me[Symbol.asyncDispose]()
      throw error
    }
  }

  /** The data directory. */
  get root(): string {
    return this.#folder.path
  }

  get web(): WebProcess {
    if (this.#web === null) throw new Error('the web process does not run')
    return this.#web
  }

  get api(): ApiClient {
    if (this.#api === null) throw new Error('the web process does not run')
    return this.#api
  }

  /** The process that keeps the servers while the web process is dead. */
  get supervisorPid(): number {
    // Its guard is a shell with the same words after its own script's name.
    const found = processesOf(this.root).find(
      ({ commandLine: [program = '', ...words] }) =>
        !program.endsWith('sh') && words.some(word => word.endsWith('/supervisor/main.ts')),
    )
    if (found === undefined) throw new Error('there is no supervisor')
    return found.pid
  }

  /** Ends the web process and starts another one over the same data; servers go on running. */
  async restartWeb(): Promise<void> {
    await this.#web?.stop()
    await this.#startWeb()
    await this.api.logIn(account.username, account.password)
  }

  /** Makes servers and starts them, some at a time; resolves when all of them run. */
  async runServers(
    count: number,
    signal: AbortSignal,
    body: Record<string, unknown> = {},
  ): Promise<Server[]> {
    const servers: Server[] = []
    while (servers.length < count) {
      signal.throwIfAborted()
      const bodies = Array.from({ length: Math.min(batch, count - servers.length) }, () => {
        this.#serverCount += 1
        return { name: `bench ${this.#serverCount}`, ...body }
      })
      servers.push(...(await Promise.all(bodies.map(each => this.#runServer(each)))))
    }
    return servers
  }

  /** Kills what runs rather than stopping it: nothing of it is needed any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#web?.stop()
    await killLeftovers(this.root)
    this.#folder.remove()
  }

  async #startWeb(): Promise<void> {
    this.#web = await startWebProcess({
      root: this.root,
      firstPort: this.#firstPort,
      profileFolder: this.#profileFolder,
    })
    this.#api = new ApiClient(this.#web.url)
  }

  async #runServer(body: Record<string, unknown>): Promise<Server> {
    const { id } = await this.api.createServer(body)
    await this.api.power('startServer', id)
    return await waitFor(`server ${id} to run`, async () => {
      const server = await this.api.server(id)
      if (server.state === 'failed') throw new Error(`server ${id} failed: ${server.stateReason?.message}`)
      return server.state === 'running' && server
    })
  }
}
