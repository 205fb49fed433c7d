import { spawn } from 'node:child_process'
import { hostPaths, parseInstanceName } from '@left4me/privileged'
import { HostError } from '../host-error.ts'

export interface HelperPrograms {
  /** By absolute path, with its options. */
  readonly sudo: readonly string[]
  /** Where the helpers lie. */
  readonly folder: string
}

export const installedHelpers: HelperPrograms = {
  sudo: ['/usr/bin/sudo', '--non-interactive', '--'],
  folder: hostPaths.helpers,
}

type ServerVerb = 'start' | 'stop' | 'enable' | 'disable' | 'reset-failed' | 'terminate' | 'kill'
type RuntimeVerb = 'prepare' | 'remove'

/** null: it did what it should. Otherwise the line that it left: what went wrong, and what to do about it. */
export type HelperComplaint = string | null

/** Throws `unavailable` with what a helper complained of. */
export function requireDone(complaint: HelperComplaint): void {
  if (complaint !== null) throw new HostError('unavailable', complaint)
}

const complaintLimit = 4000

/**
 * Root's helpers, which sudo lets the service user run. One that is under way goes on when we die, as far as systemd
 * has its job already.
 */
export class Helpers {
  readonly #programs: HelperPrograms

  constructor(programs: HelperPrograms) {
    this.#programs = programs
  }

  server(verb: ServerVerb, instanceId: number): Promise<HelperComplaint> {
    return this.#run('left4me-systemctl', verb, instanceId)
  }

  runtime(verb: RuntimeVerb, instanceId: number): Promise<HelperComplaint> {
    return this.#run('left4me-overlay', verb, instanceId)
  }

  /** The command of a helper by absolute path, for who runs it himself. */
  command(helper: string): string[] {
    return [...this.#programs.sudo, `${this.#programs.folder}/${helper}`]
  }

  /** Rejects with `unavailable` when it could not be run at all. */
  async #run(helper: string, verb: string, instanceId: number): Promise<HelperComplaint> {
    const name = parseInstanceName(String(instanceId))
    if (name === null) throw new HostError('start-failed', `${instanceId} is not an instance.`)
    const [program = '', ...words] = this.command(helper)
    const child = spawn(program, [...words, verb, name], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'ignore', 'pipe'],
      // A signal for us, such as a Ctrl-C, isn't one for it.
      detached: true,
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(0, complaintLimit)
    })
    const { promise, resolve, reject } = Promise.withResolvers<number | null>()
    child.once('error', reject)
    child.once('close', resolve)
    let code: number | null
    try {
      code = await promise
    } catch (cause) {
      throw unusable(helper, `${program} can't be started`, cause)
    }
    if (code === 0) return null
    const complaint = said.trim()
    // sudo's own: it ran nothing.
    if (complaint.startsWith('sudo: ')) throw unusable(helper, complaint)
    return complaint === '' ? `${helper} ${verb} ended with ${code}.` : complaint
  }
}

function unusable(helper: string, why: string, cause?: unknown): HostError {
  return new HostError('unavailable', `The helper ${helper} can't be run: ${why}.`, {
    remedy: 'Look at the host’s checks: they say what is missing.',
    ...(cause === undefined ? {} : { cause }),
  })
}
