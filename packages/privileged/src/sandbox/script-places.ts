import type { OverlayId } from '../arguments/names.ts'
import { type HostPaths, unitNames } from '../host-paths.ts'

/** Where one run of a script has its things, all root's. */
export interface ScriptPlaces {
  readonly unit: string
  /** The unit of root's that keeps the draft mounted for it. */
  readonly draftUnit: string
  /** root 0700. */
  readonly folder: string
  /** The script's root directory. */
  readonly root: string
  /** The overlay's draft, mounted here by descriptor and from here into the sandbox. */
  readonly overlay: string
  /** A FIFO that the script writes to. */
  readonly output: string
  readonly problem: string
  /** Exists when somebody asked for the end. */
  readonly cancelled: string
  readonly diskLimit: string
}

export function scriptPlaces(paths: HostPaths, overlayId: OverlayId): ScriptPlaces {
  const folder = `${paths.run}/scripts/${overlayId}`
  return {
    unit: `${unitNames.script}-${overlayId}.service`,
    draftUnit: `${unitNames.draft}-${overlayId}.service`,
    folder,
    root: `${folder}/root`,
    overlay: `${folder}/overlay`,
    output: `${folder}/output`,
    problem: `${folder}/problem`,
    cancelled: `${folder}/cancelled`,
    diskLimit: `${paths.run}/disk-limit/script.${overlayId}`,
  }
}
