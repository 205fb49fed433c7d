import { readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gameFacts } from '../game-facts.ts'

/** `StateFlags`: a sum of bits. */
export const stateFlags = { fullyInstalled: 4, updateRequired: 2, updateStarted: 1024 } as const

export interface AppManifest {
  readonly buildId: string
  readonly stateFlags: number
  /** Bytes. */
  readonly sizeOnDisk: number
  /** Which passes are complete. */
  readonly platforms: readonly string[]
}

const depots = { windows: '222862', linux: '222863' } as const

function pathOf(directory: string): string {
  return join(directory, 'steamapps', `appmanifest_${gameFacts.serverAppId}.acf`)
}

/** null when there is none, or none that can be read. */
export function readAppManifest(directory: string): AppManifest | null {
  let text: string
  try {
    text = readFileSync(pathOf(directory), 'utf8')
  } catch {
    return null
  }
  const value = (key: string): string => new RegExp(`"${key}"\\s+"([^"]*)"`, 'i').exec(text)?.[1] ?? ''
  return {
    buildId: value('buildid'),
    stateFlags: Number(value('StateFlags')),
    sizeOnDisk: Number(value('SizeOnDisk')),
    platforms: Object.entries(depots)
      .filter(([, depot]) => text.includes(`"${depot}"`))
      .map(([platform]) => platform),
  }
}

export async function writeAppManifest(directory: string, manifest: AppManifest): Promise<void> {
  const installed = Object.entries(depots)
    .filter(([platform]) => manifest.platforms.includes(platform))
    .map(
      ([, depot]) =>
        `\t\t"${depot}"\n\t\t{\n\t\t\t"manifest"\t\t"5512345678901234567"\n\t\t\t"size"\t\t"0"\n\t\t}\n`,
    )
  const pairs: [string, string | number][] = [
    ['appid', gameFacts.serverAppId],
    ['universe', 1],
    ['name', `${gameFacts.title} Dedicated Server (${gameFacts.simulated})`],
    ['StateFlags', manifest.stateFlags],
    ['installdir', `${gameFacts.title} Dedicated Server`],
    ['LastUpdated', Math.floor(Date.now() / 1000)],
    ['SizeOnDisk', manifest.sizeOnDisk],
    ['StagingSize', 0],
    ['buildid', manifest.buildId],
    ['LastOwner', '0'],
    ['AutoUpdateBehavior', 0],
  ]
  const text = `"AppState"\n{\n${pairs.map(([key, value]) => `\t"${key}"\t\t"${value}"\n`).join('')}\t"InstalledDepots"\n\t{\n${installed.join('')}\t}\n}\n`
  await mkdir(join(directory, 'steamapps'), { recursive: true })
  const path = pathOf(directory)
  await writeFile(`${path}.tmp`, text)
  await rename(`${path}.tmp`, path)
}
