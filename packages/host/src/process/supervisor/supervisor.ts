import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { InstanceStatus } from '../../host.ts'
import { neverStarted, neverStartedError } from '../../instance/status.ts'
import { type Layout, layoutOf } from '../../layout.ts'
import { ClientConnection, type RequestHandler } from './client-connection.ts'
import type { SupervisorConfiguration } from './configuration.ts'
import { findHolders } from './holders.ts'
import { Instance } from './instance.ts'
import { protocolVersion, type Request } from './protocol.ts'

/**
 * All servers of one data directory. Made by `guard.sh`, which sees to it that there is one of them and that it comes
 * back. Servers don't notice when it ends; what is left is found again.
 */
export class Supervisor implements RequestHandler {
  readonly #configuration: SupervisorConfiguration
  readonly #layout: Layout
  readonly #bootId: string
  readonly #instances = new Map<number, Promise<Instance>>()
  readonly #opened = new Map<number, Instance>()
  readonly #connections = new Set<ClientConnection>()
  readonly #onEnd: () => void
  #server: Server | null = null
  #idleTimer: NodeJS.Timeout | null = null

  constructor(configuration: SupervisorConfiguration, onEnd: () => void) {
    this.#configuration = configuration
    this.#layout = layoutOf(configuration.root)
    this.#bootId = readFileSync(configuration.bootIdFile, 'latin1').trim()
    this.#onEnd = onEnd
  }

  /** Finds what runs, then listens. */
  async start(): Promise<void> {
    await mkdir(this.#layout.instances, { recursive: true, mode: 0o700 })
    const names = await readdir(this.#layout.instances)
    const ids = names.filter(name => /^[1-9]\d{0,15}$/.test(name)).map(Number)
    await Promise.all(ids.map(id => this.#instance(id)))
    const holders = findHolders(this.#configuration.root)
    await Promise.all(
      [...this.#opened.values()].map(instance => instance.recover(holders.get(instance.instanceId) ?? [])),
    )
    await this.#listen()
    this.#considerIdle()
  }

  async stop(): Promise<void> {
    if (this.#idleTimer) clearTimeout(this.#idleTimer)
    this.#server?.close()
    for (const connection of this.#connections) connection.close()
    await Promise.all([...this.#opened.values()].map(instance => instance.close()))
  }

  async handle(request: Request, connection: ClientConnection): Promise<unknown> {
    switch (request.method) {
      case 'hello':
        return { protocol: protocolVersion, configuration: JSON.stringify(this.#configuration) }
      case 'leave':
        setImmediate(this.#onEnd)
        return null
      case 'list':
        return [...this.#opened.values()].map(instance => instance.status)
      case 'active':
        return [...this.#opened.values()]
          .filter(instance => instance.active)
          .map(({ instanceId }) => instanceId)
      case 'status':
        return this.#opened.get(request.instanceId)?.status ?? neverStarted(request.instanceId)
      case 'start':
        return (await this.#instance(request.specification.instanceId)).start(request.specification)
      case 'stop':
        return (
          (await this.#opened.get(request.instanceId)?.stop(request.patience)) ??
          neverStarted(request.instanceId)
        )
      case 'hurry':
        this.#opened.get(request.instanceId)?.hurry()
        return null
      case 'start-at-boot':
        return this.#setStartAtBoot(request.instanceId, request.enabled)
      case 'reset':
        return (await this.#instance(request.instanceId)).reset()
      case 'remove':
        return this.#remove(request.instanceId)
      case 'hold':
        return this.#hold(request.instanceId, request.hold, connection)
      case 'release':
        connection.holds.get(request.hold)?.()
        connection.holds.delete(request.hold)
        return null
      case 'follow': {
        const instance = await this.#instance(request.instanceId)
        const lastSequence = await instance.logPosition()
        connection.follow(request.follow, request.instanceId)
        return { lastSequence }
      }
      case 'unfollow':
        connection.unfollow(request.follow)
        return null
    }
  }

  closed(connection: ClientConnection): void {
    this.#connections.delete(connection)
    this.#considerIdle()
  }

  #instance(instanceId: number): Promise<Instance> {
    let instance = this.#instances.get(instanceId)
    if (!instance) {
      instance = Instance.open(instanceId, {
        layout: this.#layout,
        configuration: this.#configuration,
        bootId: this.#bootId,
        publish: status => this.#publish(status),
        publishLines: (id, lines) => {
          for (const connection of this.#connections) connection.sendLines(id, lines)
        },
      }).then(opened => {
        this.#opened.set(instanceId, opened)
        return opened
      })
      instance.catch(() => this.#instances.delete(instanceId))
      this.#instances.set(instanceId, instance)
    }
    return instance
  }

  async #setStartAtBoot(instanceId: number, enabled: boolean): Promise<void> {
    const instance = this.#opened.get(instanceId)
    if (instance) await instance.setStartAtBoot(enabled)
    else if (enabled) throw neverStartedError(instanceId)
  }

  async #remove(instanceId: number): Promise<void> {
    const instance = await this.#instance(instanceId)
    await instance.remove()
    this.#instances.delete(instanceId)
    this.#opened.delete(instanceId)
    for (const connection of this.#connections) connection.sendRemoved(instanceId)
  }

  async #hold(instanceId: number, hold: number, connection: ClientConnection): Promise<{ held: boolean }> {
    const release = await (await this.#instance(instanceId)).hold()
    if (!release) return { held: false }
    if (connection.closed) release()
    else connection.holds.set(hold, release)
    return { held: true }
  }

  #publish(status: InstanceStatus): void {
    for (const connection of this.#connections) connection.sendStatus(status)
    this.#considerIdle()
  }

  async #listen(): Promise<void> {
    await mkdir(this.#layout.run, { recursive: true, mode: 0o700 })
    // Only the holder of the guard's lock comes here: a socket that is there is a dead one's.
    await rm(join(this.#layout.run, this.#layout.supervisorSocketName), { force: true })
    // A socket's address has 107 bytes; through the folder's descriptor any data directory fits. unix(7)
    const folder = openSync(this.#layout.run, 'r')
    const server = createServer(socket => {
      const connection = new ClientConnection(socket, this)
      this.#connections.add(connection)
      for (const instance of this.#opened.values()) connection.sendStatus(instance.status)
      this.#considerIdle()
    })
    this.#server = server
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject)
    server.listen(`/proc/self/fd/${folder}/${this.#layout.supervisorSocketName}`, resolve)
    await promise.finally(() => closeSync(folder))
  }

  /** Ends by itself some time after there is nothing left to supervise and nobody connected. */
  #considerIdle(): void {
    const idle = this.#connections.size === 0 && ![...this.#opened.values()].some(instance => instance.active)
    if (!idle && this.#idleTimer) {
      clearTimeout(this.#idleTimer)
      this.#idleTimer = null
    }
    if (idle && !this.#idleTimer)
      this.#idleTimer = setTimeout(this.#onEnd, this.#configuration.timings.idleExit)
  }
}
