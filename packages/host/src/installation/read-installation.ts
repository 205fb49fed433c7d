import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dedicatedServerAppId, parseAppManifest, parseSteamInf } from '@left4me/protocols'
import type { InstallationStatus } from '../host.ts'
import type { Layout } from '../process/layout.ts'

const manifestLimit = 4 * 1024 * 1024

/** What lies in the installation folder, judged by steamcmd's own manifest, the program and our mark of an unfinished run. */
export async function readInstallation(layout: Layout): Promise<InstallationStatus> {
  const folder = layout.installation
  const [unfinished, program, manifestText, infText] = await Promise.all([
    exists(layout.installationIncomplete),
    exists(join(folder, 'srcds_run')),
    readText(join(folder, 'steamapps', `appmanifest_${dedicatedServerAppId}.acf`)),
    readText(join(folder, 'left4dead2', 'steam.inf')),
  ])
  const manifest = manifestText === null ? null : manifestOf(manifestText)
  const inf = infText === null ? null : parseSteamInf(infText)
  const problem = whatIsWrong({ unfinished, program, manifest })
  const missing = !unfinished && !program && manifestText === null
  return {
    state: missing ? 'missing' : problem === null ? 'ready' : 'broken',
    buildId: manifest?.buildId ?? null,
    version: inf?.patchVersion ?? null,
    size: manifest?.sizeOnDisk ?? null,
    updatedAt: manifest?.lastUpdated ?? null,
    simulated: inf?.values.has('simulated') ?? false,
    problem: missing ? null : problem,
  }
}

function whatIsWrong(found: {
  unfinished: boolean
  program: boolean
  manifest: ReturnType<typeof manifestOf>
}): string | null {
  if (found.unfinished)
    return 'An installation was begun and not finished. Install again: it goes on where it stopped.'
  if (!found.program) return 'srcds_run is missing. Install again.'
  if (!found.manifest) return "steamcmd's manifest is missing or can't be read. Install again."
  if (!found.manifest.complete)
    return `steamcmd's manifest says that files are missing (state ${found.manifest.stateFlags}). Install again.`
  return null
}

function manifestOf(text: string): ReturnType<typeof parseAppManifest> | null {
  try {
    return parseAppManifest(text)
  } catch {
    return null
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function readText(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null || text.length > manifestLimit ? null : text
}
