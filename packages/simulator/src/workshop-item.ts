import { packVpk } from './vpk-file.ts'

/** The simulated workshop: every item follows from its id alone, so that steamcmd and the Web API agree. */
export interface WorkshopItem {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly fileName: string
  readonly content: Buffer
  /** Seconds since the epoch. */
  readonly createdAt: number
  readonly updatedAt: number
}

export function workshopItem(id: string): WorkshopItem {
  const number = Number(BigInt(id) % 1_000_000n)
  const map = `sim${number}_start`
  const title = `Simulated campaign ${id}`
  const mission = `"mission"\n{\n\t"Name"\t"simulated${number}"\n\t"Version"\t"1"\n\t"DisplayTitle"\t"${title}"\n\t"modes"\n\t{\n\t\t"coop"\n\t\t{\n\t\t\t"1"\n\t\t\t{\n\t\t\t\t"Map"\t"${map}"\n\t\t\t\t"DisplayName"\t"The start"\n\t\t\t}\n\t\t}\n\t}\n}\n`
  const addonInfo = `"AddonInfo"\n{\n\taddonSteamAppID\t550\n\taddontitle\t"${title}"\n\taddonversion\t1.0\n\taddonauthor\t"left4me simulator"\n\taddonContent_Campaign\t1\n\taddonContent_Map\t1\n}\n`
  return {
    id,
    title,
    description: 'Made by the left4me simulator; nobody can play it.',
    fileName: `simulated_${id}.vpk`,
    content: packVpk([
      { path: 'addoninfo.txt', content: Buffer.from(addonInfo) },
      { path: `missions/simulated${number}.txt`, content: Buffer.from(mission) },
      { path: `maps/${map}.bsp`, content: Buffer.from(`VBSP simulated ${map}\n`) },
    ]),
    createdAt: 1_400_000_000 + number,
    updatedAt: 1_700_000_000 + number,
  }
}
