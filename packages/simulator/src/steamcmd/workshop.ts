import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gameFacts } from '../game-facts.ts'
import { type WorkshopItem, wholeContent, workshopItem } from '../workshop/workshop-item.ts'
import type { SteamcmdSwitches } from './switches.ts'

export interface WorkshopDownload {
  readonly appId: string
  readonly id: string
  readonly directory: string
  readonly switches: SteamcmdSwitches
  readonly print: (text: string) => void
}

const failures: Readonly<Record<string, string>> = {
  'not-found': 'File Not Found',
  failure: 'Failure',
  'access-denied': 'Access Denied',
}

/**
 * `workshop_download_item`. Returns the exit code that this step asks for, and whether the rest of the batch still
 * runs: a timeout ends it.
 */
export async function downloadWorkshopItem(
  download: WorkshopDownload,
): Promise<{ readonly code: number; readonly goesOn: boolean }> {
  const { appId, id, directory, switches, print } = download
  if (!/^\d{1,20}$/.test(id) || appId !== String(gameFacts.gameAppId)) {
    print(`ERROR! Download item ${id} failed (File Not Found).\n`)
    return { code: 8, goesOn: true }
  }
  print(`Downloading item ${id} ...\n`)
  await wait(switches['duration-ms'] / 20)
  const concerned = switches['workshop-id'] === '' || switches['workshop-id'] === id
  const outcome = concerned ? switches.workshop : 'success'
  if (outcome === 'timeout') {
    print(`ERROR! Timeout downloading item ${id}\n`)
    return { code: 10, goesOn: false }
  }
  const failure = failures[outcome]
  if (failure !== undefined) {
    print(`ERROR! Download item ${id} failed (${failure}).\n`)
    return { code: 8, goesOn: true }
  }
  const item = workshopItem(id)
  const folder = join(directory, 'steamapps/workshop/content', appId, id)
  await mkdir(folder, { recursive: true })
  // Old items are one nameless file; newer ones are a folder of their own.
  const legacy = outcome === 'legacy' ? join(folder, `${item.updatedAt}_legacy.bin`) : null
  await writeFile(legacy ?? join(folder, item.fileName), wholeContent(item))
  await recordItem(directory, item)
  print(`Success. Downloaded item ${id} to "${legacy ?? folder}" (${item.size} bytes) \n`)
  return { code: 0, goesOn: true }
}

/** `appworkshop_550.acf` lists what is there; steamcmd doesn't download an item again that it names. */
async function recordItem(directory: string, item: WorkshopItem): Promise<void> {
  const path = join(directory, 'steamapps/workshop', `appworkshop_${gameFacts.gameAppId}.acf`)
  const before = await readFile(path, 'utf8').catch(() => '')
  const items = new Map<string, string>()
  for (const [, id = '', size = ''] of before.matchAll(/"(\d+)"\s*\{\s*"size"\s+"(\d+)"/g))
    items.set(id, size)
  items.set(item.id, String(item.size))
  const total = [...items.values()].reduce((sum, size) => sum + Number(size), 0)
  const installed = [...items].map(
    ([id, size]) =>
      `\t\t"${id}"\n\t\t{\n\t\t\t"size"\t\t"${size}"\n\t\t\t"timeupdated"\t\t"${workshopItem(id).updatedAt}"\n\t\t\t"manifest"\t\t"-1"\n\t\t\t"ugchandle"\t\t"-4673088071463086127"\n\t\t}\n`,
  )
  const details = [...items.keys()].map(
    id =>
      `\t\t"${id}"\n\t\t{\n\t\t\t"manifest"\t\t"-1"\n\t\t\t"timeupdated"\t\t"${workshopItem(id).updatedAt}"\n\t\t\t"timetouched"\t\t"${Math.floor(Date.now() / 1000)}"\n\t\t}\n`,
  )
  await writeFile(
    path,
    `"AppWorkshop"\n{\n\t"appid"\t\t"${gameFacts.gameAppId}"\n\t"SizeOnDisk"\t\t"${total}"\n\t"NeedsUpdate"\t\t"0"\n\t"NeedsDownload"\t\t"0"\n\t"TimeLastUpdated"\t\t"0"\n\t"WorkshopItemsInstalled"\n\t{\n${installed.join('')}\t}\n\t"WorkshopItemDetails"\n\t{\n${details.join('')}\t}\n}\n`,
  )
}
