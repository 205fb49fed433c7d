import { join } from 'node:path'

/** Where an instance's own files lie. Nothing of it is visible to the game. */
export interface InstancePaths {
  readonly folder: string
  readonly specification: string
  readonly state: string
  readonly log: string
  /** FIFOs at both ends of the pseudo-terminal. */
  readonly input: string
  readonly output: string
  /** The program's exit status as a decimal number, written by the stage script. */
  readonly exit: string
  /** What the stage script and the programs that it calls had to say. */
  readonly stageLog: string
  /** Short symlinks to the layers: the kernel takes mount options of one page only. */
  readonly layers: string
}

interface RuntimePaths {
  readonly folder: string
  readonly upper: string
  readonly work: string
  readonly merged: string
}

/** The data directory (LEFT4ME_ROOT): the only place that knows how it is divided. */
export interface Layout {
  readonly root: string
  readonly installation: string
  /** Exists from before an installation begins until it has succeeded. */
  readonly installationIncomplete: string
  /** steamcmd's HOME. */
  readonly steam: string
  /** What the game finds as `~/.steam/sdk32`. */
  readonly steamSdk: string
  readonly overlays: string
  readonly instances: string
  readonly runtime: string
  readonly run: string
  readonly temporary: string
  readonly supervisorSocketName: string
  instance(instanceId: number): InstancePaths
  runtimeOf(instanceId: number): RuntimePaths
  overlay(overlayId: number): { readonly folder: string; readonly draft: string; readonly revisions: string }
  revision(overlayId: number, revision: number): string
}

/** `root` must be absolute. */
export function layoutOf(root: string): Layout {
  const overlays = join(root, 'overlays')
  const instances = join(root, 'instances')
  const runtime = join(root, 'runtime')
  const steam = join(root, 'steam')
  const overlay = (overlayId: number) => {
    const folder = join(overlays, String(overlayId))
    return { folder, draft: join(folder, 'draft'), revisions: join(folder, 'revisions') }
  }
  return {
    root,
    installation: join(root, 'installation'),
    installationIncomplete: join(steam, 'installation-incomplete'),
    steam,
    steamSdk: join(steam, 'sdk32'),
    overlays,
    instances,
    runtime,
    run: join(root, 'run'),
    temporary: join(root, 'tmp'),
    supervisorSocketName: 'supervisor.sock',
    instance: instanceId => {
      const folder = join(instances, String(instanceId))
      return {
        folder,
        specification: join(folder, 'spec.json'),
        state: join(folder, 'state.json'),
        log: join(folder, 'log'),
        input: join(folder, 'in'),
        output: join(folder, 'out'),
        exit: join(folder, 'exit'),
        stageLog: join(folder, 'stage.log'),
        layers: join(folder, 'layers'),
      }
    },
    runtimeOf: instanceId => {
      const folder = join(runtime, String(instanceId))
      return {
        folder,
        upper: join(folder, 'upper'),
        work: join(folder, 'work'),
        merged: join(folder, 'merged'),
      }
    },
    overlay,
    revision: (overlayId, revision) => join(overlay(overlayId).revisions, String(revision)),
  }
}
