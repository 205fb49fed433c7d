import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inject } from 'vitest'
import { type Bed, type Finished, outputOf, type RunOptions, strictly } from './bed.ts'
import { consolePath, kernelFailure, MachineEnded } from './qemu.ts'
import { Ssh, type SshAddress } from './ssh.ts'

export interface MachineAddress extends SshAddress {
  /** QEMU's own, for the connections' sockets too. */
  readonly folder: string
}

declare module 'vitest' {
  interface ProvidedContext {
    machine: MachineAddress
  }
}

/** For `guarded`: ends a test that hangs, also on a machine that is busy with other things. */
export const patience = { timeoutMs: 900_000 } as const

let opened: Promise<Machine> | null = null

/** The one virtual machine of the run, started by machine-setup.ts: it is as the tests before left it. */
export async function openMachine(): Promise<Bed> {
  opened ??= Machine.connect(inject('machine'))
  return await opened
}

/**
 * A Debian 13 in a virtual machine, emulated: cgroup controllers, BPF, CAKE, and each program that starts costs a tenth of
 * a second. Do much in one script.
 */
export class Machine implements Bed, AsyncDisposable {
  readonly kind = 'machine'
  readonly #address: MachineAddress
  #ssh: Ssh

  private constructor(address: MachineAddress, ssh: Ssh) {
    this.#address = address
    this.#ssh = ssh
  }

  /** Waits for it to answer, for ten minutes at most, or until `failure` knows why it won't. */
  static async connect(address: MachineAddress, failure?: () => Promise<string | null>): Promise<Machine> {
    return new Machine(address, await connected(address, failure))
  }

  async run(script: string, options: RunOptions = {}): Promise<Finished> {
    const { user = 'root', input = '', timeoutMs = 300_000 } = options
    const command = [
      ...[
        'exec',
        'env',
        '--ignore-environment',
        '--chdir=/',
        `HOME=${user === 'root' ? '/root' : '/var/lib/left4me'}`,
      ],
      ...[`USER=${user}`, 'LC_ALL=C.UTF-8', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin'],
      ...['timeout', '--signal=KILL', String(timeoutMs / 1000)],
      ...(user === 'root' ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups']),
      ...['bash', '-c', shellWord(script)],
    ].join(' ')
    const begin = performance.now()
    // The limit is kept in the guest, where it reaches the script; the one here is for a machine that hangs.
    const finished = await this.#ssh
      .run(command, { input, timeoutMs: timeoutMs + 60_000 })
      .catch(async error => {
        throw await this.#explained(error)
      })
    if (finished.code === 137 && performance.now() - begin >= timeoutMs)
      throw new Error(`not finished after ${timeoutMs} ms: ${script}\n${finished.stdout}${finished.stderr}`)
    // Also what the script itself may exit with.
    if (finished.code === 255 && !this.#ssh.isOpen)
      throw await this.#explained(new Error('the connection was lost'))
    return finished
  }

  async succeed(script: string, options: RunOptions = {}): Promise<string> {
    return outputOf(script, await this.run(strictly(script), options))
  }

  async write(path: string, content: string, mode = 0o644): Promise<void> {
    const to = shellWord(path)
    await this.succeed(
      `mkdir -p "$(dirname ${to})"; rm -f ${to}; (umask 077; cat >${to}); chmod ${mode.toString(8)} ${to}`,
      { input: content },
    )
  }

  async reboot(): Promise<void> {
    await this.run('systemctl reboot')
    await this.#ssh.closed
    this.#ssh = await connected(this.#address)
    await this.untilStarted()
  }

  /** Resolves when systemd says that it has started everything, be it with failures. */
  async untilStarted(): Promise<void> {
    const { stdout } = await this.run('systemctl is-system-running --wait', { timeoutMs: 600_000 })
    if (!['running', 'degraded'].includes(stdout.trim())) throw new Error(`the machine is ${stdout.trim()}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ssh[Symbol.asyncDispose]()
  }

  async #explained(error: unknown): Promise<Error> {
    const failure = await kernelFailure(consolePath(this.#address.folder))
    return new MachineEnded(failure ?? 'the machine does not answer', { cause: error })
  }
}

async function connected(
  address: MachineAddress,
  failure = () => kernelFailure(consolePath(address.folder)),
): Promise<Ssh> {
  const socket = join(address.folder, `ssh-${process.pid}`)
  for (const deadline = Date.now() + 600_000; Date.now() < deadline; await delay(500)) {
    const ssh = await Ssh.connect(address, socket)
    if (ssh !== null) return ssh
    const reason = await failure()
    if (reason !== null) throw new MachineEnded(reason)
  }
  throw new MachineEnded('the machine let nobody in for ten minutes')
}

/** One word for a shell, whatever is in it. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
