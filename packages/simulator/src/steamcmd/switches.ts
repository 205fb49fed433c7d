import type { SwitchTable, SwitchValues } from '../switch-table.ts'

/** Every way in which a simulated steamcmd can be made to misbehave. Facts: docs/reference/simulator.md. */
export const steamcmdSwitches = {
  'duration-ms': {
    kind: 'number',
    initial: 2000,
    help: 'How long an installation from nothing takes, in ms, both platforms together.',
  },
} as const satisfies SwitchTable

export type SteamcmdSwitches = SwitchValues<typeof steamcmdSwitches>
