import type { SwitchTable, SwitchValues } from '../switch-table.ts'

/** Every way in which a simulated srcds can be made to misbehave. Facts: docs/reference/simulator.md. */
export const srcdsSwitches = {
  seed: { kind: 'number', initial: 0, help: 'Everything random follows from this number; 0 takes the port.' },
  'boot-ms': {
    kind: 'number',
    initial: 200,
    help: 'How long it pretends to load, in ms, beyond what the program needs.',
  },
  'map-load-ms': {
    kind: 'number',
    initial: 150,
    help: 'How long a map change takes, in ms. Queries and RCON wait.',
  },
  players: { kind: 'number', initial: 2, help: 'Players there on average; 0 for none.' },
  'player-interval-ms': {
    kind: 'number',
    initial: 20000,
    help: 'Time between two arrivals or departures, in ms.',
  },
  names: {
    kind: 'text',
    initial: 'plain',
    choices: ['plain', 'hostile'],
    help: 'Player names; the hostile ones imitate status rows, log lines and commands.',
  },
} as const satisfies SwitchTable

export type SrcdsSwitches = SwitchValues<typeof srcdsSwitches>
