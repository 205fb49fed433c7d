export type SteamcmdProblemCode =
  | 'disk-space'
  | 'disk-write'
  | 'network'
  | 'missing-files'
  | 'corrupt-files'
  | 'interrupted'
  | 'invalid-platform'
  | 'no-subscription'
  | 'missing-configuration'
  | 'rate-limited'
  | 'login-failed'
  | 'install-dir-order'
  | 'item-missing'
  | 'item-refused'
  | 'item-timeout'
  | 'self-update'
  | 'inactive'
  | 'cancelled'
  | 'no-success'
  | 'failed'

/**
 * What to do after a failure: `again` soon (a passing fault, three times at most), `later` (not before
 * `retryAfterSeconds`), `other-way` (the two-platform way, see `steamcmdInstallRuns`), `no` (a person has to do something).
 */
export type SteamcmdRetry = 'again' | 'later' | 'other-way' | 'no'

export interface SteamcmdProblem {
  readonly code: SteamcmdProblemCode
  readonly message: string
  readonly remedy: string
  readonly retry: SteamcmdRetry
  readonly retryAfterSeconds: number
}

type Template = Omit<SteamcmdProblem, 'code' | 'message'> & { readonly message: string }

const templates: Record<SteamcmdProblemCode, Template> = {
  'disk-space': {
    message: 'The disk is full.',
    remedy: 'Free some space: a whole installation needs about 10 GB, twice that while it is updated.',
    retry: 'no',
    retryAfterSeconds: 0,
  },
  'disk-write': {
    message: 'steamcmd could not write to the disk.',
    remedy: 'Check that the folder belongs to the user that runs steamcmd, and that the disk is well.',
    retry: 'no',
    retryAfterSeconds: 0,
  },
  network: {
    message: 'The download broke off.',
    remedy: 'Check the connection to Steam; it goes on where it stopped.',
    retry: 'again',
    retryAfterSeconds: 30,
  },
  'missing-files': {
    message: 'Files of the game are missing.',
    remedy: 'Run it again with validate.',
    retry: 'again',
    retryAfterSeconds: 5,
  },
  'corrupt-files': {
    message: 'Files of the game are corrupt.',
    remedy: 'Run it again with validate; if it comes back, check the disk.',
    retry: 'again',
    retryAfterSeconds: 5,
  },
  interrupted: {
    message: 'The update was interrupted.',
    remedy: 'Run it again: it goes on where it stopped.',
    retry: 'again',
    retryAfterSeconds: 5,
  },
  'invalid-platform': {
    message: 'Steam gives the Linux server to nobody without an account at present.',
    remedy: 'Install for Windows first, then switch the same folder to Linux.',
    retry: 'other-way',
    retryAfterSeconds: 0,
  },
  'no-subscription': {
    message: 'The Steam account may not download this.',
    remedy:
      'Install for Windows first, then switch the same folder to Linux, or log in with an account that owns the game.',
    retry: 'other-way',
    retryAfterSeconds: 0,
  },
  'missing-configuration': {
    message: 'Steam did not send the description of the app.',
    remedy:
      "Often passing: try again, keeping steamcmd's own folder; then install for Windows first and switch to Linux.",
    retry: 'again',
    retryAfterSeconds: 20,
  },
  'rate-limited': {
    message: 'Steam has had too many logins from this address.',
    remedy: 'Wait half an hour. Trying earlier makes it longer.',
    retry: 'later',
    retryAfterSeconds: 1800,
  },
  'login-failed': {
    message: 'The login to Steam failed.',
    remedy: 'Check the connection to Steam and, unless the login is anonymous, the account.',
    retry: 'again',
    retryAfterSeconds: 60,
  },
  'install-dir-order': {
    message: 'steamcmd ignored the folder, because it was named after the login.',
    remedy: 'Give +force_install_dir before +login.',
    retry: 'no',
    retryAfterSeconds: 0,
  },
  'item-missing': {
    message: 'The workshop item does not exist, or is hidden.',
    remedy: 'Check its page in the workshop.',
    retry: 'no',
    retryAfterSeconds: 0,
  },
  'item-refused': {
    message: 'Steam refused the workshop item.',
    remedy: 'It may be for friends only, or removed; check its page in the workshop.',
    retry: 'no',
    retryAfterSeconds: 0,
  },
  'item-timeout': {
    message: 'The download of a workshop item took too long.',
    remedy: 'Run it again: it goes on where it stopped. The rest of the batch has to be repeated too.',
    retry: 'again',
    retryAfterSeconds: 5,
  },
  'self-update': {
    message: 'steamcmd updated itself and ended before it did anything else.',
    remedy: 'Run it again.',
    retry: 'again',
    retryAfterSeconds: 0,
  },
  inactive: {
    message: 'steamcmd printed nothing for too long and was ended.',
    remedy: 'Check the disk and the connection to Steam, then run it again.',
    retry: 'again',
    retryAfterSeconds: 30,
  },
  cancelled: {
    message: 'The run was cancelled.',
    remedy: 'Run it again: it goes on where it stopped.',
    retry: 'no',
    retryAfterSeconds: 0,
  },
  'no-success': {
    message: 'steamcmd ended without saying that it succeeded.',
    remedy: 'Look at its output, then run it again.',
    retry: 'again',
    retryAfterSeconds: 30,
  },
  failed: {
    message: 'steamcmd failed.',
    remedy: 'Look at its output.',
    retry: 'again',
    retryAfterSeconds: 30,
  },
}

/** `detail`: steamcmd's own words. */
export function steamcmdProblem(code: SteamcmdProblemCode, detail?: string): SteamcmdProblem {
  const template = templates[code]
  const message =
    detail === undefined || detail === '' ? template.message : `${template.message.slice(0, -1)} (${detail}).`
  return { code, ...template, message }
}

/** Out of the words in brackets of `ERROR! Failed to install app '222860' (REASON)`. */
export function problemOfReason(reason: string): SteamcmdProblem {
  const text = reason.toLowerCase()
  const code = reasons.find(([words]) => text.includes(words))?.[1] ?? 'failed'
  return steamcmdProblem(code, reason)
}

const reasons: readonly (readonly [string, SteamcmdProblemCode])[] = [
  ['invalid platform', 'invalid-platform'],
  ['no subscription', 'no-subscription'],
  ['missing configuration', 'missing-configuration'],
  ['rate limit', 'rate-limited'],
  ['disk space', 'disk-space'],
  ['disk write', 'disk-write'],
  ['missing file', 'missing-files'],
  ['missing update files', 'missing-files'],
  ['corrupt', 'corrupt-files'],
  ['no connection', 'network'],
  ['timeout', 'network'],
  ['timed out', 'network'],
  ['file not found', 'item-missing'],
  ['access denied', 'item-refused'],
]

/**
 * Out of `Error! App '222860' state is 0xNNN after update job.`
 * Meanings as LinuxGSM found them: https://docs.linuxgsm.com/steamcmd/errors
 */
export function problemOfState(state: number): SteamcmdProblem {
  const code = stateProblems.get(state) ?? 'failed'
  return steamcmdProblem(code, `state 0x${state.toString(16)}`)
}

const stateProblems = new Map<number, SteamcmdProblemCode>([
  [0x6, 'interrupted'],
  [0x202, 'disk-space'],
  [0x212, 'disk-space'],
  [0x402, 'network'],
  [0x602, 'network'],
  [0x606, 'disk-write'],
  [0x626, 'missing-files'],
  [0x6a6, 'corrupt-files'],
])
