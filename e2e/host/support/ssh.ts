import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Finished } from './bed.ts'
import { runCommand } from './run-command.ts'

export interface SshAddress {
  /** Of 127.0.0.1. */
  readonly port: number
  /** Folder with `key` and `known_hosts`. */
  readonly credentials: string
}

/** Starts with this, so that nothing of the person's own configuration counts. */
const program = ['ssh', '-F', 'none', '-q', '-o', 'BatchMode=yes']

/** One connection, through which commands go without the handshake's cost: a second or more in an emulated machine. */
export class Ssh implements AsyncDisposable {
  readonly #master: ChildProcess
  readonly #socket: string

  private constructor(master: ChildProcess, socket: string) {
    this.#master = master
    this.#socket = socket
  }

  /** Null when nobody answered, or not as the machine would. `socket` is a path that may be taken. */
  static async connect({ port, credentials }: SshAddress, socket: string): Promise<Ssh | null> {
    await rm(socket, { force: true })
    const master = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', ...program, '-M', '-N', '-S', socket, '-p', String(port)],
        ...['-i', join(credentials, 'key'), '-o', 'IdentitiesOnly=yes'],
        ...['-o', `UserKnownHostsFile=${join(credentials, 'known_hosts')}`, '-o', 'HostKeyAlias=left4me-bed'],
        // Patient: an emulated machine on a busy one may be silent for a while.
        ...['-o', 'ConnectTimeout=30', '-o', 'ServerAliveInterval=10', '-o', 'ServerAliveCountMax=6'],
        'root@127.0.0.1',
      ],
      { detached: true, stdio: 'ignore' },
    )
    master.unref()
    while (master.exitCode === null && master.signalCode === null) {
      if (await exists(socket)) return new Ssh(master, socket)
      await delay(50)
    }
    return null
  }

  get isOpen(): boolean {
    return this.#master.exitCode === null && this.#master.signalCode === null
  }

  /** Resolves when the other side has ended it. */
  get closed(): Promise<void> {
    return this.isOpen ? once(this.#master, 'exit').then(() => undefined) : Promise.resolve()
  }

  /** `command` is read by the guest's /bin/sh; exit code 255 is the connection's end. */
  async run(command: string, options: { input?: string; timeoutMs: number }): Promise<Finished> {
    // A proxy that fails: without the connection ssh would make one of its own.
    return await runCommand(
      [...program, '-S', this.#socket, '-o', 'ProxyCommand=false', 'root@machine', command],
      options,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#master.kill('SIGKILL')
    await this.closed
    await rm(this.#socket, { force: true })
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
