import { formatInstanceEnvironment } from '../../../packages/privileged/src/index.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { Bed, Finished } from './bed.ts'

export type PowerVerb =
  | 'start'
  | 'stop'
  | 'restart'
  | 'enable'
  | 'disable'
  | 'reset-failed'
  | 'terminate'
  | 'kill'

/** What a unit's `systemctl show` says, by property. */
export type UnitState = Readonly<Record<string, string>>

/** The simulated game at its quickest, with nobody on it. */
const quick = ['-simulate-boot-ms', '0', '-simulate-map-load-ms', '0', '-simulate-players', '0']

/** A game server on a bed, handled as the web application does it: files as the service user, the rest by the helpers. */
export class GameServer {
  readonly name: string
  readonly port: number
  readonly #bed: Bed

  constructor(bed: Bed, name: string, port: number) {
    this.#bed = bed
    this.name = name
    this.port = port
  }

  get unit(): string {
    return `left4me-server@${this.name}.service`
  }

  get overlayUnit(): string {
    return `left4me-overlay@${this.name}.service`
  }

  /** `/var/lib/left4me/runtime/NAME` */
  get runtime(): string {
    return `/var/lib/left4me/runtime/${this.name}`
  }

  /** Writes instance.env. `lowerdirs` is the installation alone unless told. */
  async configure(
    options: { arguments?: readonly string[]; lowerdirs?: readonly string[] } = {},
  ): Promise<void> {
    const text = formatInstanceEnvironment({
      port: this.port,
      arguments: [...quick, ...(options.arguments ?? [])],
      lowerdirs: options.lowerdirs ?? ['installation'],
    })
    const folder = `/var/lib/left4me/instances/${this.name}`
    await this.#bed.succeed(
      `umask 022; mkdir -p ${folder}; cat >${folder}/instance.env.new; mv ${folder}/instance.env{.new,}`,
      { user: 'left4me', input: text },
    )
  }

  /** Calls the helper as the web application does. */
  async ask(verb: PowerVerb): Promise<Finished> {
    const helper = '/usr/local/libexec/left4me/left4me-systemctl'
    return await this.#bed.run(`sudo --non-interactive ${helper} ${verb} ${this.name}`, { user: 'left4me' })
  }

  /** The same, rejecting when it fails. */
  async power(verb: PowerVerb): Promise<void> {
    const { code, stderr } = await this.ask(verb)
    if (code !== 0) throw new Error(`${verb} of server ${this.name} failed: ${stderr}`)
  }

  /** What systemd says of the server's unit. */
  async state(unit = this.unit): Promise<UnitState> {
    const text = await this.#bed.succeed(`systemctl show ${unit}`)
    return Object.fromEntries(
      text.split('\n').map(line => {
        const separator = line.indexOf('=')
        return [line.slice(0, separator), line.slice(separator + 1)]
      }),
    )
  }

  /** The id of its mount in the host's namespace; null when nothing is mounted. */
  async mountId(): Promise<string | null> {
    const text = await this.#bed.succeed(`awk '$5 == "${this.runtime}/merged" {print $1}' /proc/1/mountinfo`)
    return text === '' ? null : text
  }

  /** The game itself: the program below srcds_run that can crash. Null when it doesn't run. */
  async engine(): Promise<number | null> {
    const { stdout } = await this.#bed.run(
      `group=$(systemctl show --property=ControlGroup --value ${this.unit})
      for pid in $([ -n "$group" ] && cat "/sys/fs/cgroup$group/cgroup.procs"); do
        [[ $(readlink /proc/$pid/exe) == */left4me-simulator ]] && echo $pid
      done`,
    )
    const pid = Number(stdout.trim())
    return pid > 0 ? pid : null
  }

  /** The same, waiting until it runs: systemd calls a server started once srcds_run was executed. */
  async runningEngine(): Promise<number> {
    return await waitFor(`the game of server ${this.name} runs`, () => this.engine())
  }

  /** Lets the game crash, as a bug of the engine would. */
  async crash(): Promise<void> {
    await this.#bed.succeed(`kill -SEGV ${await this.runningEngine()}`)
  }
}
