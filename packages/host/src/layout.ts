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

export interface OverlayPaths {
  readonly folder: string
  readonly draft: string
  /** A folder for each published revision, by its number: what servers mount. */
  readonly revisions: string
  /** The same numbers: what is known about each revision. */
  readonly records: string
  /** A file for each unfinished upload, by its number. */
  readonly uploads: string
}

/** The data directory (LEFT4ME_ROOT): the only place that knows how it is divided. */
export interface Layout {
  readonly root: string
  /** Holds the revisions of the game files; before there were revisions, the files themselves. */
  readonly installation: string
  readonly installationRevisions: string
  /** Number of the revision that servers take at their next start. */
  readonly installationCurrent: string
  /** Where steamcmd works: its download goes on here after a failure. */
  readonly installationBuilding: string
  /** Left by an earlier left4me that didn't finish an installation. */
  readonly installationIncomplete: string
  /** steamcmd's HOME. */
  readonly steam: string
  /** What the game finds as `~/.steam/sdk32`. */
  readonly steamSdk: string
  readonly overlays: string
  /**
   * `ID/TIME_UPDATED` of each item that was fetched. Among the overlays, because its files get further names in their
   * revisions: link(2) doesn't go from one mount to another, and in the web application's unit each of root's folders
   * that it may write is a mount of its own.
   */
  readonly workshopCache: string
  /** Unfinished downloads; here for the same reason. */
  readonly downloads: string
  readonly instances: string
  readonly runtime: string
  readonly run: string
  readonly temporary: string
  readonly supervisorSocketName: string
  installationRevision(revision: number): string
  instance(instanceId: number): InstancePaths
  runtimeOf(instanceId: number): RuntimePaths
  overlay(overlayId: number): OverlayPaths
  revision(overlayId: number, revision: number): string
}

/** `root` must be absolute. */
export function layoutOf(root: string): Layout {
  const overlays = join(root, 'overlays')
  const instances = join(root, 'instances')
  const runtime = join(root, 'runtime')
  const steam = join(root, 'steam')
  const installation = join(root, 'installation')
  const installationRevisions = join(installation, 'revisions')
  const overlay = (overlayId: number) => {
    const folder = join(overlays, String(overlayId))
    return {
      folder,
      draft: join(folder, 'draft'),
      revisions: join(folder, 'revisions'),
      records: join(folder, 'records'),
      uploads: join(folder, 'uploads'),
    }
  }
  return {
    root,
    installation,
    installationRevisions,
    installationCurrent: join(installation, 'current'),
    installationBuilding: join(installationRevisions, '.building'),
    installationRevision: revision => join(installationRevisions, String(revision)),
    installationIncomplete: join(steam, 'installation-incomplete'),
    steam,
    steamSdk: join(steam, 'sdk32'),
    overlays,
    workshopCache: join(overlays, 'workshop_cache'),
    downloads: join(overlays, 'downloads'),
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
