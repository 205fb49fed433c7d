import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { open, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Qmp } from './qmp.ts'

/** A port of the guest as one of this machine's loopback: who connects comes from 10.0.2.2, out of the guest's network. */
export interface Forward {
  readonly protocol: 'tcp' | 'udp'
  /** Of the guest. */
  readonly port: number
}

interface QemuOptions {
  /** Folder with `kernel` and `initial.cpio`. */
  readonly image: string
  readonly disk: string
  /** Whether the disk is written. Otherwise what the guest writes is kept in a file without a name, until QEMU ends. */
  readonly writable: boolean
  /** What `save` made of a machine with this disk: it goes on from there. Otherwise it boots. */
  readonly memory?: string
  /** A second disk, which is only read. */
  readonly library?: string
  readonly forwards?: readonly Forward[]
  /** Whether it is given its processor before whatever else this machine is busy with. */
  readonly first?: boolean
  /** Where the console's text and the monitor's socket are. */
  readonly folder: string
}

/**
 * Everything that decides what the guest sees, and whether its saved memory fits.
 *
 * Without cmpxchg16b: QEMU 7.2 emulates it wrongly, and the kernel sooner or later ends by it. One thread for both
 * processors: with a thread each, the kernel's patching of its own code is seen too late by the other processor, and one
 * boot in ten ends by an int3.
 */
export const hardware = [
  ...[
    '-accel',
    'tcg,thread=single',
    '-M',
    'q35,sata=off',
    '-nodefaults',
    '-cpu',
    'Westmere,-cx16',
    '-smp',
    '2',
    '-m',
    '2048',
  ],
  ...['-device', 'virtio-blk-pci,drive=disk', '-device', 'virtio-net-pci,netdev=network'],
  ...['-append', 'root=/dev/vda console=ttyS0 quiet oops=panic mitigations=off nokaslr audit=0'],
] as const

/** A QEMU that emulates a machine. It ends with this process, however that ends. */
export class Qemu implements AsyncDisposable {
  /** Of this machine's loopback, forwarded to the guest's sshd. */
  readonly sshPort: number
  readonly #forwarded: ReadonlyMap<string, number>
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(
    process: ChildProcess,
    folder: string,
    sshPort: number,
    forwarded: ReadonlyMap<string, number>,
  ) {
    this.#process = process
    this.#folder = folder
    this.sshPort = sshPort
    this.#forwarded = forwarded
  }

  static async start(options: QemuOptions): Promise<Qemu> {
    const { image, disk, writable, memory, library, forwards = [], folder } = options
    const sshPort = await freePort()
    const forwarded = new Map<string, number>()
    for (const { protocol, port } of forwards) forwarded.set(`${protocol}:${port}`, await freePort())
    const rules = [...forwarded].map(([guest, own]) => {
      const [protocol, port] = guest.split(':')
      return `,hostfwd=${protocol}:127.0.0.1:${own}-10.0.2.15:${port}`
    })
    // QEMU's network drops each answer by UDP of a guest that is restricted to itself, a forwarded port's too.
    const restricted = forwards.some(({ protocol }) => protocol === 'udp') ? 'off' : 'on'
    await using log = await open(join(folder, 'qemu.log'), 'a')
    // The kernel ends it with this process: prctl(2), PR_SET_PDEATHSIG.
    const process = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...hardware],
        ...['-kernel', join(image, 'kernel'), '-initrd', join(image, 'initial.cpio')],
        ...['-drive', `id=disk,if=none,file=${disk},format=raw,snapshot=${writable ? 'off' : 'on'}`],
        ...(library === undefined
          ? []
          : [
              ...['-drive', `id=library,if=none,file=${library},format=raw,readonly=on`],
              ...['-device', 'virtio-blk-pci,drive=library'],
            ]),
        '-netdev',
        `user,id=network,restrict=${restricted},hostfwd=tcp:127.0.0.1:${sshPort}-10.0.2.15:22${rules.join('')}`,
        ...['-display', 'none', '-serial', `file:${consolePath(folder)}`],
        ...['-qmp', `unix:${monitorPath(folder)},server=on,wait=off`],
        ...(memory === undefined ? [] : ['-incoming', `exec:cat ${memory}`]),
      ],
      { detached: true, stdio: ['ignore', log.fd, log.fd] },
    )
    await once(process, 'spawn')
    if (options.first === true && process.pid !== undefined) await letGoFirst(process.pid)
    return new Qemu(process, folder, sshPort, forwarded)
  }

  /** Of this machine's loopback, forwarded to a port of the guest that was asked for at the start. */
  forwarded({ protocol, port }: Forward): number {
    const own = this.#forwarded.get(`${protocol}:${port}`)
    if (own === undefined) throw new Error(`${protocol} ${port} of the machine isn't forwarded`)
    return own
  }

  /** Why the machine can't be used any more, or null: QEMU ended, or the guest's kernel did. */
  async failure(): Promise<string | null> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) {
      const log = await readFile(join(this.#folder, 'qemu.log'), 'utf8').catch(() => '')
      return `QEMU ended with ${exitCode ?? signalCode}\n${log}`
    }
    return await kernelFailure(consolePath(this.#folder))
  }

  /** Writes the machine's memory to a file; it doesn't go on after that. Its disk must be written to, or is lost. */
  async save(memory: string): Promise<void> {
    using monitor = await Qmp.open(monitorPath(this.#folder))
    await monitor.execute('migrate-set-parameters', { 'max-bandwidth': 1e11 })
    await monitor.execute('migrate', { uri: `exec:cat >${memory}` })
    for (const deadline = Date.now() + 300_000; Date.now() < deadline; await delay(100)) {
      const { status } = await monitor.execute('query-migrate')
      if (status === 'completed') return
      if (status === 'failed') break
    }
    throw new Error("QEMU could not save the machine's memory")
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }
}

/** By the niceness of its session, which alone counts where sessions are scheduled as groups: sched(7), autogroup. */
async function letGoFirst(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/autogroup`, '-12').catch(() => undefined)
  for (const thread of await readdir(`/proc/${pid}/task`)) setPriority(Number(thread), -12)
}

/** The guest's kernel or QEMU itself ended by a defect: what was asked of the machine isn't to blame. */
export class MachineEnded extends Error {}

export function consolePath(folder: string): string {
  return join(folder, 'console.log')
}

/** The kernel's last words as its console has them, or null while it goes on. */
export async function kernelFailure(path: string): Promise<string | null> {
  const console = await readFile(path, 'utf8').catch(() => '')
  const start = console.search(/^.*(Oops:|BUG: unable|Kernel panic|general protection fault)/m)
  return start < 0 ? null : `the guest's kernel ended:\n${console.slice(start, start + 4000)}`
}

function monitorPath(folder: string): string {
  return join(folder, 'monitor')
}

/** Below those that the kernel gives to outgoing connections, so that none takes it before QEMU does: ip(7). */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 26_000)
    const server = createServer().listen(port, '127.0.0.1')
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!free) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
