/**
 * Which power action is allowed in which state of a server: the one table that the API enforces and the UI explains
 * disabled buttons from.
 */
export const serverStates = ['stopped', 'starting', 'running', 'stopping', 'failed', 'installing'] as const
export type ServerState = (typeof serverStates)[number]

export const powerActions = ['start', 'stop', 'restart', 'reset', 'delete'] as const
export type PowerAction = (typeof powerActions)[number]

/** `null`: allowed. Otherwise the reason why it isn't, as a sentence for the person who would press the button. */
type Refusals = Record<PowerAction, string | null>

const refusals: Record<ServerState, Refusals> = {
  stopped: {
    start: null,
    stop: 'The server is already stopped.',
    restart: 'The server is stopped. Start it instead.',
    reset: null,
    delete: null,
  },
  starting: {
    start: 'The server is already starting.',
    stop: null,
    restart: null,
    reset: 'Stop the server before you reset it.',
    delete: 'Stop the server before you delete it.',
  },
  running: {
    start: 'The server is already running.',
    stop: null,
    restart: null,
    reset: 'Stop the server before you reset it.',
    delete: 'Stop the server before you delete it.',
  },
  stopping: {
    start: 'The server is still stopping. Start it when it has stopped.',
    stop: 'The server is already stopping.',
    restart: 'The server is still stopping. Start it when it has stopped.',
    reset: 'The server is still stopping. Reset it when it has stopped.',
    delete: 'The server is still stopping. Delete it when it has stopped.',
  },
  failed: {
    start: null,
    stop: null,
    restart: null,
    reset: null,
    delete: null,
  },
  installing: {
    start: 'The game is being installed. Start the server when that has finished.',
    stop: 'The server is not running.',
    restart: 'The game is being installed. Start the server when that has finished.',
    reset: null,
    delete: null,
  },
}

/** Why `action` can't be done now, or null when it can. */
export function whyNot(action: PowerAction, state: ServerState): string | null {
  return refusals[state][action]
}
