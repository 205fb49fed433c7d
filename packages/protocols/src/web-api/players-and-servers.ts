import { ProtocolError } from '../protocol-error.ts'
import { flagOf, idOf, numberOf, objectsIn, responseOf, textOf, timeOf } from './json-value.ts'

/** By ISteamUser/GetPlayerSummaries. https://partner.steamgames.com/doc/webapi/ISteamUser */
export interface PlayerSummary {
  /** SteamID64. */
  readonly steamId: string
  /** Free text of its owner. */
  readonly personaName: string | null
  readonly profileUrl: string | null
  readonly avatarUrl: string | null
  /** Private profiles lack most other fields. */
  readonly public: boolean
  /** ms since the epoch. */
  readonly createdAt: number | null
}

const publicProfile = 3

/** Unknown ids are missing and the order is any. Throws `malformed`. */
export function readPlayerSummaries(json: unknown): PlayerSummary[] {
  return objectsIn(responseOf(json)['players']).flatMap(player => {
    const steamId = idOf(player, 'steamid')
    if (steamId === null) return []
    return {
      steamId,
      personaName: textOf(player, 'personaname'),
      profileUrl: textOf(player, 'profileurl'),
      avatarUrl: textOf(player, 'avatarmedium') ?? textOf(player, 'avatar'),
      public: numberOf(player, 'communityvisibilitystate') === publicProfile,
      createdAt: timeOf(player, 'timecreated'),
    }
  })
}

/** By ISteamApps/UpToDateCheck. https://partner.steamgames.com/doc/webapi/ISteamApps */
export interface UpToDateCheck {
  readonly upToDate: boolean
  /** Whether Steam lists a server of this version at all. */
  readonly listable: boolean
  /** PatchVersion without dots; only sent to those that are out of date. */
  readonly requiredVersion: string | null
  readonly message: string | null
}

/** Throws `malformed`, also where Steam says that it could not check. */
export function readUpToDateCheck(json: unknown): UpToDateCheck {
  const response = responseOf(json)
  if (!flagOf(response, 'success')) {
    const reason = textOf(response, 'error') ?? textOf(response, 'message')
    throw new ProtocolError(
      'malformed',
      `Steam could not check the version${reason === null ? '.' : `: ${reason.slice(0, 200)}`}`,
    )
  }
  return {
    upToDate: flagOf(response, 'up_to_date'),
    listable: flagOf(response, 'version_is_listable'),
    requiredVersion: idOf(response, 'required_version'),
    message: textOf(response, 'message'),
  }
}

/** By ISteamApps/GetServersAtAddress: what Steam's server list knows at an address. */
export interface ListedServer {
  /** `IP:PORT` that is queried. */
  readonly address: string
  readonly gamePort: number | null
  readonly appId: number | null
  readonly gameFolder: string | null
  readonly steamId: string | null
  readonly secure: boolean
  readonly lan: boolean
}

/** Throws `malformed`. */
export function readServersAtAddress(json: unknown): ListedServer[] {
  return objectsIn(responseOf(json)['servers']).flatMap(server => {
    const address = textOf(server, 'addr')
    if (address === null) return []
    return {
      address,
      gamePort: numberOf(server, 'gameport'),
      appId: numberOf(server, 'appid'),
      gameFolder: textOf(server, 'gamedir'),
      steamId: idOf(server, 'steamid'),
      secure: flagOf(server, 'secure'),
      lan: flagOf(server, 'lan'),
    }
  })
}
