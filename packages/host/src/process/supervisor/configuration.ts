import { integerOf, objectOf, textOf } from '../../json-value.ts'
import { defaultLogLimits, type LogLimits } from '../log/instance-log.ts'

/** The programs that a server needs, by absolute path. `setpriv` may be missing: it is used where it is there. */
export interface Programs {
  readonly shell: string
  readonly unshare: string
  readonly mount: string
  readonly script: string
  readonly mkfifo: string
  readonly flock: string
  readonly setpriv: string | null
}

/** Milliseconds, but for `crashLimit`. */
export interface Timings {
  /** Before the first automatic restart; doubled for each further crash. */
  readonly restartDelay: number
  readonly restartDelayLimit: number
  /** So many crashes within `crashWindow` end in `failed`. A run of at least that length ends the doubling. */
  readonly crashLimit: number
  readonly crashWindow: number
  /** From the start of the namespaces until the program is executed. */
  readonly launch: number
  /** How long the supervisor stays when nothing is left to supervise and nobody is connected. */
  readonly idleExit: number
  /** Before a supervisor that was killed is started again. */
  readonly supervisorRestart: number
}

export const defaultTimings: Timings = {
  restartDelay: 1000,
  restartDelayLimit: 30_000,
  crashLimit: 5,
  crashWindow: 60_000,
  launch: 20_000,
  idleExit: 60_000,
  supervisorRestart: 1000,
}

/** What the supervisor is started with, as one JSON argument. */
export interface SupervisorConfiguration {
  readonly root: string
  readonly programs: Programs
  readonly timings: Timings
  readonly log: LogLimits
  /** Names the machine's present boot: `/proc/sys/kernel/random/boot_id`, another one only in a test. */
  readonly bootIdFile: string
  /** Off only in a test's negative control: then the game sees all of the data directory. */
  readonly hideData: boolean
}

export function parseConfiguration(text: string): SupervisorConfiguration {
  const value = objectOf(JSON.parse(text), 'configuration')
  const programs = objectOf(value['programs'], 'programs')
  const timings = objectOf(value['timings'], 'timings')
  const log = objectOf(value['log'], 'log')
  const program = (name: string) => textOf(programs[name], `programs.${name}`, 4096)
  const duration = (name: string) => integerOf(timings[name], `timings.${name}`, 0, 86_400_000)
  return {
    root: textOf(value['root'], 'root', 4096),
    programs: {
      shell: program('shell'),
      unshare: program('unshare'),
      mount: program('mount'),
      script: program('script'),
      mkfifo: program('mkfifo'),
      flock: program('flock'),
      setpriv: programs['setpriv'] === null ? null : program('setpriv'),
    },
    timings: {
      restartDelay: duration('restartDelay'),
      restartDelayLimit: duration('restartDelayLimit'),
      crashLimit: integerOf(timings['crashLimit'], 'timings.crashLimit', 1, 1000),
      crashWindow: duration('crashWindow'),
      launch: duration('launch'),
      idleExit: duration('idleExit'),
      supervisorRestart: duration('supervisorRestart'),
    },
    log: {
      fileBytes: integerOf(log['fileBytes'] ?? defaultLogLimits.fileBytes, 'log.fileBytes', 1024, 1024 ** 3),
      files: integerOf(log['files'] ?? defaultLogLimits.files, 'log.files', 1, 1000),
    },
    bootIdFile: textOf(value['bootIdFile'], 'bootIdFile', 4096),
    hideData: value['hideData'] !== false,
  }
}
