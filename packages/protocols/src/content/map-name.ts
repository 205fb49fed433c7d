import { ProtocolError } from '../protocol-error.ts'

/** Whether text can be a map's name: what `map` takes as one word and a file system as one file's name. */
export function isMapName(text: string): boolean {
  return /^[A-Za-z0-9_]{1,64}$/.test(text)
}

/**
 * The console command that goes to a map: `changelevel` keeps the players, `map` drops them and begins the campaign anew.
 * `available` holds the names, in lower case, of the maps that the server has, or is null where that isn't known. Throws
 * `bad-input` for anything else: a `map` that doesn't exist may end the game that runs.
 */
export function mapCommand(
  command: 'map' | 'changelevel',
  map: string,
  available: ReadonlySet<string> | null,
): string {
  if (!isMapName(map)) {
    throw new ProtocolError('bad-input', 'This is no name of a map.', {
      remedy: 'Names of maps hold letters, digits and underscores only, such as c1m1_hotel.',
    })
  }
  if (available !== null && !available.has(map.toLowerCase())) {
    throw new ProtocolError('bad-input', `The server has no map ${map}.`, {
      remedy: 'Check its spelling, and that the campaign is among the layers of the server.',
    })
  }
  return `${command} ${map}`
}
