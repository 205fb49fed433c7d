import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  apply,
  defineBundle,
  defineNode,
  type Item,
  plan,
  type Report,
  type RunOptions,
  ssh,
  type Transport,
} from '@left4me/converge'
import { afterAll, beforeAll } from 'vitest'
import { type Container, type ContainerOptions, openContainer } from '../../host/support/container.ts'
import { BedNetwork } from '../../host/support/network/bed-network.ts'
import { commandOutput } from '../../host/support/run-command.ts'

/**
 * A bare Debian 13 that booted natively, for the engine alone. Its sshd takes one key, for root and for `deployer`, who
 * may run anything by sudo.
 */
export class EngineBed implements AsyncDisposable {
  readonly container: Container
  #forward: (AsyncDisposable & { readonly port: number }) | null = null
  #network: BedNetwork | null = null

  private constructor(container: Container) {
    this.container = container
  }

  static async open(options: ContainerOptions = {}): Promise<EngineBed> {
    const bed = new EngineBed(await openContainer({ ...options, bare: true }))
    try {
      await bed.#startSshd()
      await bed.#openNetwork()
      return bed
    } catch (error) {
      await bed[Symbol.asyncDispose]()
      throw error
    }
  }

  /** A shell of root's without ssh. */
  get transport(): Transport {
    return { description: 'the bed', argv: words => this.container.commandLine(words) }
  }

  /** A shell by ssh(1) and the bed's sshd, as root or as `deployer` with sudo; through `port` if told. */
  ssh(options: { user?: 'root' | 'deployer'; port?: number } = {}): Transport {
    const { user = 'root', port = this.sshPort } = options
    return ssh({ host: 'bed', user, port, configuration: this.sshConfiguration, sudo: user !== 'root' })
  }

  /** For `ssh -F`: key and host key of `bed`. */
  get sshConfiguration(): string {
    return join(this.container.folder, 'ssh-config')
  }

  /** Of 127.0.0.1; another one after a reboot. */
  get sshPort(): number {
    if (this.#forward === null) throw new Error('nothing leads to sshd')
    return this.#forward.port
  }

  apply(items: readonly Item[], options: RunOptions = {}, transport = this.transport): Promise<Report> {
    return applyTo(transport, items, options)
  }

  plan(items: readonly Item[], options: RunOptions = {}, transport = this.transport): Promise<Report> {
    return plan(nodeOf(items), transport, options)
  }

  /** Standard output of a script of root's that must succeed. */
  succeed(script: string): Promise<string> {
    return this.container.succeed(script)
  }

  /** Restarts the operating system; sshd comes back by itself. */
  async reboot(): Promise<void> {
    await this.#closeNetwork()
    await this.container.reboot()
    await this.#openNetwork()
  }

  /** Takes its power away: every process is killed at once. `start` boots it again. */
  async crash(): Promise<void> {
    await this.#closeNetwork()
    await this.container.kill()
  }

  async start(): Promise<void> {
    await this.container.boot()
    await this.#openNetwork()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closeNetwork()
    await this.container[Symbol.asyncDispose]()
  }

  /** A unit of the bed's own: Debian's is masked in every container. */
  async #startSshd(): Promise<void> {
    const key = join(this.container.folder, 'key')
    await commandOutput(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key])
    await this.container.write('/etc/bed/authorized_keys', await readFile(`${key}.pub`, 'utf8'))
    await this.container.write('/etc/sudoers.d/deployer', 'deployer ALL=(ALL) NOPASSWD: ALL\n', 0o440)
    await this.container.write(
      '/etc/systemd/system/bed-sshd.service',
      `[Service]
ExecStart=/usr/sbin/sshd -D -o ListenAddress=127.0.0.1 -o AuthorizedKeysFile=/etc/bed/authorized_keys
RuntimeDirectory=sshd
[Install]
WantedBy=multi-user.target
`,
    )
    await this.container.succeed(`useradd --create-home --shell /bin/bash deployer
      systemctl daemon-reload
      systemctl enable --now bed-sshd.service`)
    const hostKey = await this.container.succeed('cat /etc/ssh/ssh_host_ed25519_key.pub')
    const known = join(this.container.folder, 'known-hosts')
    await writeFile(known, `bed ${hostKey}\n`)
    await writeFile(
      this.sshConfiguration,
      `Host bed
HostName 127.0.0.1
HostKeyAlias bed
IdentityFile ${key}
IdentitiesOnly yes
UserKnownHostsFile ${known}
StrictHostKeyChecking yes
`,
    )
  }

  async #openNetwork(): Promise<void> {
    this.#network = await BedNetwork.open(this.container)
    this.#forward = await this.#network.forward(22)
  }

  async #closeNetwork(): Promise<void> {
    await this.#forward?.[Symbol.asyncDispose]()
    await this.#network?.[Symbol.asyncDispose]()
    this.#forward = null
    this.#network = null
  }
}

/** Registers what opens and closes a bed for the tests of one `describe`; use the returned function within them. */
export function useEngineBed(options: ContainerOptions = {}): () => EngineBed {
  let bed: EngineBed | null = null
  beforeAll(async () => {
    bed = await EngineBed.open(options)
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })
  return () => {
    if (bed === null) throw new Error('the bed is not open yet')
    return bed
  }
}

export function applyTo(
  transport: Transport,
  items: readonly Item[],
  options: RunOptions = {},
): Promise<Report> {
  return apply(nodeOf(items), transport, options)
}

export function nodeOf(items: readonly Item[]) {
  return defineNode({ name: 'bed', bundles: [defineBundle({ name: 'test', items: () => items })] })
}

/** What became of the items that weren't as they should be, by id. */
export function notOk(report: Report): Record<string, string> {
  return Object.fromEntries(
    report.items.flatMap(({ id, status, message }) =>
      ['ok', 'idle'].includes(status) ? [] : [[id, message === undefined ? status : `${status}: ${message}`]],
    ),
  )
}
