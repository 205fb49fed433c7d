import type { CvarDescription } from './cvar.ts'
import { gameCvars } from './game-cvars.ts'
import { infectedCvars } from './infected-cvars.ts'
import { networkCvars } from './network-cvars.ts'
import { serverCvars } from './server-cvars.ts'
import { survivorCvars } from './survivor-cvars.ts'

/**
 * Console variables that somebody who runs a server wants to know, by name. The game has about 3,500; what isn't here
 * may still exist. Each name once.
 */
export const cvars: readonly CvarDescription[] = [
  ...serverCvars,
  ...networkCvars,
  ...gameCvars,
  ...survivorCvars,
  ...infectedCvars,
].sort((one, other) => (one.name < other.name ? -1 : 1))
