import type { Job, Player, Server, StateReason } from '@left4me/contract'
import type { InstanceStatus } from '@left4me/host'
import type { ServerRecord } from '../servers/server-directory.ts'
import { PlayerHistory } from './player-history.ts'
import type { ServerMonitor } from './server-monitor.ts'
import { type StateInputs, type StateOfServer, stateOf } from './server-state.ts'

/** What is the same for all servers of a machine. */
export interface Surroundings {
  /** The IPv4 address or name that players connect to. */
  readonly address: string
  readonly simulated: boolean
  /** There is no game yet and it is being installed. */
  readonly installing: boolean
}

/** One server as it is now: what its row, the host, its jobs and the server itself say, put together. */
export class LiveServer {
  readonly id: number
  status: InstanceStatus
  monitor: ServerMonitor | null = null
  failure: StateReason | null = null
  restartStep: StateInputs['restartStep'] = 'stopping'
  /** Its settings aren't those any more that it was started with. */
  settingsChanged = false
  readonly #history = new PlayerHistory()
  #view: { server: Server; json: string } | null = null
  #lastState: StateOfServer['state'] | null = null
  #stateSince: number | null = null

  constructor(id: number) {
    this.id = id
    this.status = neverStarted(id)
  }

  /** What was answered before holds no longer. */
  touch(): void {
    this.#view = null
  }

  /** Takes over what the host says. */
  apply(status: InstanceStatus): void {
    this.status = status
    this.touch()
  }

  sampleHistory(): void {
    const known = this.monitor?.ready === true && this.monitor.heard.at !== null
    this.#history.add(known ? (this.monitor?.heard.playerCount ?? null) : null)
    this.touch()
  }

  get players(): readonly Player[] {
    return this.monitor?.heard.players ?? []
  }

  state(record: ServerRecord, job: Job | null, { installing }: Surroundings): StateOfServer {
    const state = stateOf({
      status: this.status,
      job,
      restartStep: this.restartStep,
      ready: this.monitor?.ready ?? false,
      failure: this.failure,
      complaint: this.monitor?.complaint ?? null,
      installing,
      damage: record.damage,
    })
    if (state.state !== this.#lastState) {
      const first = this.#lastState === null && this.status.since > 0
      this.#stateSince = first ? this.status.since : this.#lastState === null ? record.createdAt : Date.now()
      this.#lastState = state.state
    }
    return state
  }

  /** The server as the API answers it, assembled when something has changed and kept until then. */
  view(record: ServerRecord, job: Job | null, surroundings: Surroundings): { server: Server; json: string } {
    if (this.#view === null) {
      const server = this.#assemble(record, job, surroundings)
      this.#view = { server, json: JSON.stringify(server) }
    }
    return this.#view
  }

  #assemble(record: ServerRecord, job: Job | null, surroundings: Surroundings): Server {
    const { state, reason } = this.state(record, job, surroundings)
    const runs = this.status.pid !== null
    const heard = this.monitor?.heard ?? null
    // While it runs, players reach it where it was started, whatever its settings say by now.
    const port = runs ? (record.startedWith?.specification.port ?? record.port) : record.port
    const address = `${surroundings.address}:${port}`
    return {
      id: record.id,
      name: record.name,
      port: record.port,
      ownerId: record.ownerId,
      ownerName: record.ownerName,
      blueprintId: record.blueprintId,
      overlayIds: [...record.overlayIds],
      arguments: [...record.arguments],
      config: [...record.config],
      startAtBoot: record.startAtBoot,
      publicPage: record.publicPage,
      updatePolicy: record.updatePolicy,
      state,
      stateReason: reason,
      stateSince: timeOf(this.#stateSince ?? record.createdAt),
      restarts: this.status.restarts,
      pid: this.status.pid,
      players: heard?.playerCount ?? 0,
      maxPlayers: heard?.maxPlayers ?? null,
      map: heard?.map ?? null,
      playerHistory: this.#history.counts(),
      observedAt: heard === null || heard.at === null ? null : timeOf(heard.at),
      address,
      connectUrl: `steam://connect/${address}`,
      simulated: surroundings.simulated,
      restartNeeded: runs && this.settingsChanged,
      jobId: job?.id ?? null,
      createdAt: timeOf(record.createdAt),
      updatedAt: timeOf(record.updatedAt),
    }
  }
}

export function neverStarted(instanceId: number): InstanceStatus {
  return {
    instanceId,
    phase: 'stopped',
    since: 0,
    pid: null,
    processStart: null,
    startedAt: null,
    restarts: 0,
    restartAt: null,
    startAtBoot: false,
    reason: null,
    lastExit: null,
  }
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
