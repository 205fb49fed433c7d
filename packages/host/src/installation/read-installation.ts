import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dedicatedServerAppId, parseAppManifest, parseSteamInf } from '@left4me/protocols'
import { isThere } from './installation-folder.ts'

const manifestLimit = 4 * 1024 * 1024

/** What a folder of game files says about itself. */
export interface GameFiles {
  /** There is nothing of the game. */
  readonly missing: boolean
  /** Why no server should be started with it; null when it is complete. */
  readonly problem: string | null
  readonly buildId: string | null
  readonly version: string | null
  readonly size: number | null
  readonly updatedAt: number | null
  readonly simulated: boolean
}

/** Judged by steamcmd's own manifest, the program and steam.inf. */
export async function readGameFiles(folder: string): Promise<GameFiles> {
  const [program, manifestText, infText] = await Promise.all([
    isThere(join(folder, 'srcds_run')),
    readText(join(folder, 'steamapps', `appmanifest_${dedicatedServerAppId}.acf`)),
    readText(join(folder, 'left4dead2', 'steam.inf')),
  ])
  const manifest = manifestText === null ? null : manifestOf(manifestText)
  const inf = infText === null ? null : parseSteamInf(infText)
  return {
    missing: !program && manifestText === null,
    problem: whatIsWrong(program, manifest),
    buildId: manifest?.buildId ?? null,
    version: inf?.patchVersion ?? null,
    size: manifest?.sizeOnDisk ?? null,
    updatedAt: manifest?.lastUpdated ?? null,
    simulated: inf?.values.has('simulated') ?? false,
  }
}

function whatIsWrong(program: boolean, manifest: ReturnType<typeof manifestOf>): string | null {
  if (!program) return 'srcds_run is missing. Install again.'
  if (!manifest) return "steamcmd's manifest is missing or can't be read. Install again."
  if (!manifest.complete)
    return `steamcmd's manifest says that files are missing (state ${manifest.stateFlags}). Install again.`
  return null
}

function manifestOf(text: string): ReturnType<typeof parseAppManifest> | null {
  try {
    return parseAppManifest(text)
  } catch {
    return null
  }
}

async function readText(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null || text.length > manifestLimit ? null : text
}
