import type { Host, InstanceSpecification, InstanceStatus } from '@left4me/host'
import { ProblemError } from '../../http/problem-error.ts'
import type { JobContext } from '../../jobs/job-definition.ts'
import { JobFailure, type JobFailureCode } from '../../jobs/job-failure.ts'
import type { LiveServers } from '../../live/live-servers.ts'
import { excerptOf } from '../console-excerpt.ts'
import {
  configPartsOf,
  type EffectiveSettings,
  type EffectiveSettingsDependencies,
  fingerprintOf,
  readOverlayConfigs,
  resolveSettings,
} from '../effective-settings.ts'
import { describePortHolder } from '../ports/port-holder.ts'
import type { PortProbe } from '../ports/port-probe.ts'
import type { ServerDirectory, ServerRecord } from '../server-directory.ts'
import { overlayConfigPath, renderServerConfig, serverConfigPath } from '../settings/server-config.ts'
import type { BootPolicy } from './boot-policy.ts'
import { settleBoot } from './settle-boot.ts'

export interface BringUpDependencies {
  readonly host: Host
  readonly directory: ServerDirectory
  readonly live: LiveServers
  readonly settings: EffectiveSettingsDependencies
  readonly probe: PortProbe
  readonly boot: BootPolicy
  /** Milliseconds that a server gets to answer. */
  readonly readyDeadline: number
}

/** What a start needs of the job that it happens in. */
export type BringUpContext = Pick<JobContext<'server-start'>, 'signal' | 'progress' | 'log'>

/** A server that never answered has nothing to save: it gets no long good-byes. Milliseconds. */
const hastyPatience = { quit: 0, interrupt: 3000, terminate: 2000 }
const excerptLines = 200

/**
 * Starts a server and waits until it answers; when it already runs (an earlier attempt began it), it only waits.
 * However it ends but with success, the server is stopped then, except at a shutdown of the web application: the next
 * life finds it and goes on. Rejects with a ProblemError, HostError or JobFailure.
 */
export async function bringUp(
  dependencies: BringUpDependencies,
  serverId: number,
  context: BringUpContext,
): Promise<void> {
  const { host, live } = dependencies
  const { signal } = context
  try {
    const status = await host.status(serverId)
    if (status.phase === 'running') {
      context.log('It runs already; waiting until it answers.')
      live.apply(status)
    } else {
      // What crashed and waits for its automatic restart is another run than the one that is asked for now.
      if (status.phase !== 'stopped') await host.stop(serverId, { patience: hastyPatience })
      await start(dependencies, serverId, context)
    }
    await settleBoot(dependencies.boot, serverId, context.log)
    await waitUntilReady(dependencies, serverId, context)
  } catch (error) {
    if (signal.reason !== 'shutdown') await stopAgain(dependencies, serverId)
    throw error
  }
}

async function start(
  dependencies: BringUpDependencies,
  serverId: number,
  { signal, progress, log }: BringUpContext,
): Promise<void> {
  const { host, directory, live } = dependencies
  progress(0.05, 'preparing')
  const game = await gameOf(host)
  const record = recordOf(directory, serverId)
  const settings = await resolveSettings(dependencies.settings, record)
  await refuseHeldPort(dependencies.probe, settings.port)
  signal.throwIfAborted()
  const specification = await prepare(dependencies, record, settings, game)
  signal.throwIfAborted()
  for (const { name, revision } of settings.layers) log(`Layer “${name}”, revision ${revision}`)
  if (game !== null) log(`Game files, revision ${game}`)
  progress(0.2, 'mounting layers')
  live.apply(await host.start(specification))
  log(`Started on port ${settings.port}.`)
}

/** Writes what the server finds in its upper, and notes what it is started with. */
async function prepare(
  { host, directory, live, settings: settingsDependencies }: BringUpDependencies,
  record: ServerRecord,
  settings: EffectiveSettings,
  game: number | null,
): Promise<InstanceSpecification> {
  const overlayConfigs = await readOverlayConfigs(settingsDependencies, settings)
  const files = host.files(record.id)
  const published = overlayConfigs.map(({ overlayId }) => overlayId)
  for (const overlayId of record.startedWith?.publishedConfigs ?? []) {
    if (!published.includes(overlayId)) await files.remove(overlayConfigPath(overlayId))
  }
  for (const { overlayId, content } of overlayConfigs) {
    await files.replace(overlayConfigPath(overlayId), content)
  }
  const parts = configPartsOf(settings, overlayConfigs)
  await files.replace(serverConfigPath, renderServerConfig(parts, directory.rconPassword(record.id)))
  const specification: InstanceSpecification = {
    instanceId: record.id,
    port: settings.port,
    arguments: settings.arguments,
    layers: settings.layers.map(({ overlayId, revision }) => ({ overlayId, revision })),
    ...(game === null ? {} : { installation: game }),
  }
  const fingerprint = fingerprintOf(settings)
  await directory.setStartedWith(record.id, { specification, fingerprint, publishedConfigs: published })
  live.setSettingsChanged(record.id, false)
  return specification
}

async function waitUntilReady(
  { host, directory, live, readyDeadline }: BringUpDependencies,
  serverId: number,
  { signal, progress, log }: BringUpContext,
): Promise<void> {
  progress(0.4, 'waiting until it answers')
  const startedAt = live.status(serverId).startedAt ?? 0
  const readiness = await live.readiness(serverId, readyDeadline, signal)
  if (readiness === 'ready') {
    log('It answers.')
    return
  }
  const secret = directory.rconPassword(serverId)
  const excerpt = excerptOf(await host.logTail(serverId, excerptLines), startedAt, secret)
  for (const line of excerpt.lines) log(`> ${line}`)
  const { observation } = excerpt
  const last = excerpt.lines.at(-1)
  const hint =
    observation?.message ?? (last === undefined ? 'It printed nothing.' : `It last printed “${last}”.`)
  if (readiness !== 'deadline') throw endedWhileStarting(readiness, hint, observation)
  throw new JobFailure(
    'never-ready',
    `The server ran for ${Math.round(readyDeadline / 1000)} s without answering, and was stopped. ${hint}`,
    observation?.remedy ??
      'Look at its log. Plugins, addons or config lines that were added last are the likeliest cause.',
  )
}

function endedWhileStarting(
  status: InstanceStatus,
  hint: string,
  observation: { readonly kind: string; readonly remedy: string | null } | null,
): JobFailure {
  if (status.phase === 'stopped' || status.phase === 'stopping') {
    return new JobFailure(
      'stopped-elsewhere',
      'It was stopped while it was starting, by something else than left4me.',
      'Somebody may have used systemctl on the machine. Start it again.',
    )
  }
  const exit = status.lastExit
  const how =
    status.reason?.message ??
    (exit === null ? 'The server ended.' : `The server ended with ${exit.signal ?? `code ${exit.code}`}.`)
  return new JobFailure(
    observation?.kind === 'port-taken' ? 'port-held' : codeOf(status),
    `It ended while it was starting: ${how.replace(/[.:]?$/, '.')} ${hint}`,
    observation?.remedy ??
      status.reason?.remedy ??
      'Look at its log. Plugins, addons or config lines that were added last are the likeliest cause.',
  )
}

/** A limit that it ran into is another matter than a crash. */
function codeOf({ reason }: InstanceStatus): JobFailureCode {
  const code = reason?.code
  return code === 'out-of-memory' || code === 'hung' || code === 'disk-limit' ? code : 'crashed'
}

async function stopAgain({ host, live }: BringUpDependencies, serverId: number): Promise<void> {
  try {
    live.apply(await host.stop(serverId, { patience: hastyPatience }))
  } catch {
    // Why it couldn't be started matters more; the host's own status goes on saying what runs.
  }
}

/** Revision of the game files that a server takes now; null: those of an earlier left4me. */
async function gameOf(host: Host): Promise<number | null> {
  const { state, problem, revision } = await host.installation.status()
  if (state === 'ready') return revision
  throw new ProblemError(
    'not-installed',
    state === 'missing'
      ? 'The game is not installed yet. An admin installs it on the installation page.'
      : `The game’s installation is broken: ${problem ?? 'it is incomplete'}. An admin repairs it with an update on the installation page.`,
  )
}

async function refuseHeldPort(probe: PortProbe, port: number): Promise<void> {
  if (await probe.isFree(port)) return
  throw new JobFailure(
    'port-held',
    `Port ${port} is held by ${await describePortHolder(port)} on this machine.`,
    'End that program, or give the server another port.',
  )
}

function recordOf(directory: ServerDirectory, serverId: number): ServerRecord {
  const record = directory.get(serverId)
  if (record === null) throw new ProblemError('not-found', 'The server was deleted meanwhile.')
  return record
}
