import { Random } from '../random.ts'
import { playerNames } from '../srcds/player.ts'

/** Steam's ids of people start here; smaller ones, and those that end in 9, are unknown. */
const firstPerson = 76561197960265728n

/** One entry of GetPlayerSummaries; null when Steam doesn't know the id, which is then simply missing. */
export function playerSummary(steamId: string, origin: string): object | null {
  if (!/^\d{17}$/.test(steamId) || BigInt(steamId) < firstPerson || steamId.endsWith('9')) return null
  const account = Number(BigInt(steamId) & 0xffffffffn)
  const random = new Random(account)
  const name = random.pick(playerNames(random.chance(10) ? 'hostile' : 'plain'))
  const isPrivate = steamId.endsWith('8')
  return {
    steamid: steamId,
    communityvisibilitystate: isPrivate ? 1 : 3,
    profilestate: 1,
    personaname: name,
    profileurl: `https://steamcommunity.com/profiles/${steamId}/`,
    avatar: `${origin}/avatar/${account}.png`,
    avatarmedium: `${origin}/avatar/${account}_medium.png`,
    avatarfull: `${origin}/avatar/${account}_full.png`,
    avatarhash: account.toString(16).padStart(8, '0'),
    personastate: 0,
    // A private profile lacks what only friends may see.
    ...(isPrivate
      ? {}
      : {
          commentpermission: 1,
          lastlogoff: 1_700_000_000,
          primaryclanid: '103582791429521408',
          timecreated: 1_063_407_589 + (account % 100_000),
          personastateflags: 0,
        }),
  }
}
