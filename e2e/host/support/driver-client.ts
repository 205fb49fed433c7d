import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { InstanceSpecification, InstanceStatus, Machine } from '../../../packages/host/src/host.ts'
import { eventually } from '../../../packages/host/src/testing/eventually.ts'
import { repository } from '../../../tools/bootstrap/repository.mjs'
import type { Container } from './container.ts'

/** The checkout is at another place in the container. */
const program = fileURLToPath(new URL('driver-program.ts', import.meta.url))

interface Calls {
  start: { arguments: [InstanceSpecification]; result: InstanceStatus }
  stop: { arguments: [number]; result: InstanceStatus }
  status: { arguments: [number]; result: InstanceStatus }
  list: { arguments: []; result: InstanceStatus[] }
  machine: { arguments: []; result: Machine }
  cpu: { arguments: []; result: number }
}

/** The systemd driver in a container, as the service user, called from outside. */
export class DriverClient implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>()
  /** Every status that it told, in order. */
  readonly told: InstanceStatus[] = []
  #id = 0
  /** The last status that `reaches` gave. */
  #reached: InstanceStatus | undefined

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** `through`: what runs the program, for example systemd-run with a sandbox. */
  static async open(container: Container, through: readonly string[] = []): Promise<DriverClient> {
    const [command = '', ...words] = container.commandLine(
      [
        ...through,
        '/usr/local/lib/left4me/node/bin/node',
        join('/opt/left4me/src', relative(repository, program)),
      ],
      { user: through.length > 0 ? 'root' : 'left4me' },
    )
    const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] })
    const client = new DriverClient(child)
    await client.#listen()
    return client
  }

  call<Name extends keyof Calls>(
    method: Name,
    ...values: Calls[Name]['arguments']
  ): Promise<Calls[Name]['result']> {
    const id = ++this.#id
    const answer = this.#expect<Calls[Name]['result']>(id)
    this.#child.stdin?.write(`${JSON.stringify({ id, method, arguments: values })}\n`)
    return answer
  }

  /** The next one of this phase that is told after the last that was waited for, however short it lasts. */
  async reaches(instanceId: number, phase: InstanceStatus['phase']): Promise<InstanceStatus> {
    this.#reached = await eventually(`server ${instanceId} is told to be ${phase}`, () => {
      const after = this.#reached === undefined ? -1 : this.told.indexOf(this.#reached)
      return this.told
        .slice(after + 1)
        .find(status => status.instanceId === instanceId && status.phase === phase)
    })
    return this.#reached
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  async #listen(): Promise<void> {
    const open = this.#expect<string>(0)
    const ended = once(this.#child, 'exit').then(([code]) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the driver ended with ${code}`))
    })
    ended.catch(() => undefined)
    if (this.#child.stdout)
      createInterface({ input: this.#child.stdout }).on('line', line => this.#take(JSON.parse(line)))
    await open
  }

  #expect<Result>(id: number): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.#waiting.set(id, { resolve, reject })
    return promise
  }

  #take(message: {
    status?: InstanceStatus
    id: number
    result?: unknown
    error?: { message: string }
  }): void {
    if (message.status) {
      this.told.push(message.status)
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.error) waiting?.reject(Object.assign(new Error(message.error.message), message.error))
    else waiting?.resolve(message.result as never)
  }
}
