import type { Job, ServerState, StateReason } from '@left4me/contract'
import type { InstanceStatus } from '@left4me/host'

/** Everything that a server's state follows from. */
export interface StateInputs {
  readonly status: Pick<InstanceStatus, 'phase' | 'since' | 'reason' | 'restartAt'>
  /** The newest job about the server that has yet to end. */
  readonly job: Pick<Job, 'kind' | 'state' | 'cancelRequested'> | null
  /** How far a running restart is. */
  readonly restartStep: 'stopping' | 'starting'
  /** The present process has answered by A2S or RCON. */
  readonly ready: boolean
  /** Why the last start failed; null after any later success. */
  readonly failure: StateReason | null
  /** What its own console or connection says is wrong with a running server. */
  readonly complaint: StateReason | null
  /** There is no game yet and it is being installed. */
  readonly installing: boolean
  /** What is wrong with the server's row. */
  readonly damage: string | null
}

export interface StateOfServer {
  readonly state: ServerState
  readonly reason: StateReason | null
}

/** The one place that says which state a server is in. Jobs come first: what was asked for is what people wait for. */
export function stateOf(inputs: StateInputs): StateOfServer {
  const asked = stateOfJob(inputs)
  if (asked !== null) return { state: asked, reason: asked === 'starting' ? restartReason(inputs) : null }
  const { status } = inputs
  switch (status.phase) {
    case 'running':
      return inputs.ready
        ? { state: 'running', reason: inputs.complaint }
        : { state: 'starting', reason: inputs.complaint }
    case 'restarting':
      return { state: 'starting', reason: restartReason(inputs) }
    case 'stopping':
      return { state: 'stopping', reason: null }
    case 'failed':
      return { state: 'failed', reason: status.reason ?? unknownFailure }
    case 'stopped':
      return stateOfStopped(inputs)
  }
}

function stateOfJob({ job, status, restartStep }: StateInputs): ServerState | null {
  if (job === null) return null
  const ending = job.cancelRequested ? 'stopping' : null
  switch (job.kind) {
    case 'server-start':
      return ending ?? 'starting'
    case 'server-stop':
      return 'stopping'
    case 'installation-switch':
      // Until it has begun nobody knows whether it will: it never disturbs players.
      return job.state === 'queued' ? null : (ending ?? restartStep)
    case 'server-restart':
      if (job.state === 'queued') return status.phase === 'stopped' ? 'starting' : 'stopping'
      return ending ?? restartStep
    default:
      return null
  }
}

function stateOfStopped({ installing, damage, failure }: StateInputs): StateOfServer {
  if (installing) return { state: 'installing', reason: null }
  if (damage !== null) {
    const remedy = 'Save its arguments and config again, or delete it.'
    return { state: 'failed', reason: { code: 'corrupt-row', message: damage, remedy } }
  }
  if (failure !== null) return { state: 'failed', reason: failure }
  return { state: 'stopped', reason: null }
}

/** “crashed … restarts in 5 s”, counted from the crash so that the sentence doesn't change while it is shown. */
function restartReason({ status }: StateInputs): StateReason | null {
  if (status.phase !== 'restarting') return null
  const reason = status.reason ?? unknownCrash
  if (status.restartAt === null) return reason
  const seconds = Math.max(0, Math.round((status.restartAt - status.since) / 1000))
  return { ...reason, message: `${reason.message.replace(/[.:]?$/, '.')} It restarts in ${seconds} s.` }
}

const unknownCrash: StateReason = { code: 'crashed', message: 'The server crashed.', remedy: null }
const unknownFailure: StateReason = {
  code: 'crashed',
  message: 'The server ended for a reason that the host does not know.',
  remedy: 'Its log may say more. Start it again.',
}
