import type { Host, InstanceSpecification, InstanceStatus } from '../host.ts'
import type { BuildOptions, OverlayStore, RevisionSummary } from '../overlays/overlay-contract.ts'
import { eventually } from './eventually.ts'
import type { FakeBehaviour } from './fake-game.ts'

/** How long each step of a stop may take in a test, in milliseconds: the next one isn't what ends it. */
export const patient = { quit: 20_000, interrupt: 20_000, terminate: 20_000 }

export function specification(
  instanceId: number,
  behaviour: FakeBehaviour,
  overlayIds: readonly number[] = [],
): InstanceSpecification {
  return {
    instanceId,
    port: 27014 + instanceId,
    arguments: ['-fake', behaviour],
    layers: overlayIds.map(overlayId => ({ overlayId, revision: 1 })),
  }
}

export async function publishOverlay(
  host: Host,
  overlayId: number,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files))
    await host.overlays.putDraft(overlayId, path, oneChunk(content), 1_000_000)
  await buildUpload(host.overlays, overlayId, 1)
}

/** Builds a revision of the draft, with room for anything that a test has. */
export function buildUpload(
  overlays: OverlayStore,
  overlayId: number,
  revision: number,
  options: Partial<BuildOptions> = {},
): Promise<RevisionSummary> {
  return overlays.build(overlayId, revision, { kind: 'upload' }, { ...generousBuild(), ...options })
}

export function generousBuild(): BuildOptions {
  return {
    onProgress: () => undefined,
    onOutput: () => undefined,
    signal: new AbortController().signal,
    maxBytes: 100_000_000,
    allowNativeCode: true,
  }
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

export async function textsOf(host: Host, instanceId: number): Promise<string[]> {
  return (await host.logTail(instanceId, 5000)).map(line => line.text)
}

export async function saysEventually(host: Host, instanceId: number, text: string): Promise<void> {
  await eventually(`server ${instanceId} says ${text}`, async () =>
    (await textsOf(host, instanceId)).some(line => line.includes(text)),
  )
}

/** A file of an instance as its game sees it; null when it isn't there. */
export async function readText(host: Host, path: string, instanceId = 1): Promise<string | null> {
  const content = await host.files(instanceId).read(path, 10_000)
  return content === null ? null : content.toString('utf8')
}

/**
 * Ends the program of a server from outside: to left4me that is a crash. What is the first process of a PID namespace takes
 * no other signal than SIGKILL that it has no handler for.
 */
export function crash({ instanceId, pid }: InstanceStatus, signal: NodeJS.Signals = 'SIGKILL'): void {
  // 0 would be every process of the test's own group.
  if (pid === null) throw new TypeError(`server ${instanceId} has no process`)
  process.kill(pid, signal)
}

export async function reaches(
  host: Host,
  instanceId: number,
  wanted: (status: InstanceStatus) => boolean,
): Promise<InstanceStatus> {
  return eventually(`server ${instanceId} reaches a state`, async () => {
    const status = await host.status(instanceId)
    return wanted(status) ? status : null
  })
}
