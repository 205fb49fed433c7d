import type { SwitchTable, SwitchValues } from '../switch-table.ts'

const moments = [
  'never',
  'start',
  'login',
  'preallocating',
  'downloading',
  'verifying',
  'committing',
] as const

/** Every way in which a simulated steamcmd can be made to misbehave. The reference is docs/reference/simulator.md. */
export const steamcmdSwitches = {
  'duration-ms': {
    kind: 'number',
    initial: 2000,
    help: 'How long an installation from nothing takes, in ms, both platforms together.',
  },
  'build-id': { kind: 'text', initial: '10097001', help: 'The build that Steam offers.' },
  'patch-version': { kind: 'text', initial: '2.2.4.3', help: "PatchVersion in that build's steam.inf." },
  'linux-alone': {
    kind: 'flag',
    initial: false,
    help: 'The Linux depot is open to anonymous, as it was before November 2024.',
  },
  failure: {
    kind: 'text',
    initial: 'none',
    choices: [
      'none',
      'invalid-platform',
      'no-subscription',
      'missing-configuration',
      'rate-limit',
      'no-connection',
      'state-0x202',
      'state-0x212',
      'state-0x402',
      'state-0x602',
      'state-0x606',
      'state-0x626',
      'state-0x6A6',
    ],
    help: 'How the installation fails. rate-limit and no-connection fail at the login; a state (0x202 disk full, 0x402 network, 0x606 disk write, 0x6A6 corrupt) fails in the middle of the download and leaves a partial installation.',
  },
  'failure-platform': {
    kind: 'text',
    initial: 'any',
    choices: ['any', 'windows', 'linux'],
    help: 'Which pass fails.',
  },
  'failure-times': {
    kind: 'number',
    initial: -1,
    help: 'How often it fails before it works, counted in HOME/Steam; -1 for always.',
  },
  'exit-code': {
    kind: 'number',
    initial: -1,
    help: 'The exit code, whatever happened: 0 with an ERROR occurs. -1 for what belongs to the outcome.',
  },
  'error-after-success': {
    kind: 'flag',
    initial: false,
    help: 'After Success! comes an ERROR! for the same app.',
  },
  'self-update': {
    kind: 'text',
    initial: 'none',
    choices: ['none', 'restart', 'stop'],
    help: 'It updates itself first and goes on (restart), or ends with exit code 42 the first time that this HOME sees it (stop).',
  },
  'hang-at': {
    kind: 'text',
    initial: 'never',
    choices: moments,
    help: 'Where it stops saying anything, for ever.',
  },
  'crash-at': {
    kind: 'text',
    initial: 'never',
    choices: moments,
    help: 'Where it is killed by SIGSEGV, leaving what there is.',
  },
  locale: {
    kind: 'text',
    initial: 'C',
    choices: ['C', 'de'],
    help: 'Decimal and thousands separators: de writes 12,34 and 57.477.',
  },
  'block-buffered': {
    kind: 'flag',
    initial: false,
    help: 'Without a terminal, output comes in blocks of 4096 bytes, as from the real one.',
  },
  workshop: {
    kind: 'text',
    initial: 'success',
    choices: ['success', 'legacy', 'timeout', 'not-found', 'failure', 'access-denied'],
    help: 'How workshop_download_item ends; a timeout also ends the rest of the batch.',
  },
  'workshop-id': {
    kind: 'text',
    initial: '',
    help: 'The only item that the switch workshop is for; every other one succeeds.',
  },
} as const satisfies SwitchTable

export type SteamcmdSwitches = SwitchValues<typeof steamcmdSwitches>
