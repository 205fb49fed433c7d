import { spawn } from 'node:child_process'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { hostPaths, parseScriptReport } from '@left4me/privileged'
import { HostError } from '../../host-error.ts'
import type { Layout } from '../../layout.ts'
import { watchDraft } from '../../overlays/scripts/draft-watch.ts'
import { scriptEndings } from '../../overlays/scripts/script-endings.ts'
import type { ScriptEnding, ScriptRunner, ScriptRunOptions } from '../../overlays/scripts/script-runner.ts'
import { scriptText } from '../../overlays/scripts/script-text.ts'

const helperName = 'left4me-script-sandbox'
/** root's; a folder for each run, by its overlay's id, until it has been reported. */
const runsFolder = `${hostPaths.run}/scripts`
const complaintLimit = 8000
/** Milliseconds between two looks at the draft; the helper has a limit of its own besides. */
const watchInterval = 500
/** Milliseconds between two attempts to end a script. */
const cancelInterval = 1000

/**
 * Scripts as transient units of systemd, which root's helper starts. One that is under way when we die goes on until its
 * own end; our next start cancels it (`endAll`).
 */
export class SystemdScriptRunner implements ScriptRunner {
  readonly #layout: Layout
  readonly #helper: readonly string[]

  /** `helper`: its command by absolute path. */
  constructor(options: { readonly layout: Layout; readonly helper: readonly string[] }) {
    this.#layout = options.layout
    this.#helper = options.helper
  }

  async run(overlayId: number, script: string, options: ScriptRunOptions): Promise<ScriptEnding> {
    const { signal } = options
    if (signal.aborted) return scriptEndings.cancelled
    const folder = join(this.#layout.temporary, 'scripts')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const name = `overlay-${overlayId}`
    const file = join(folder, name)
    const { draft } = this.#layout.overlay(overlayId)
    await chmod(draft, 0o755)
    await rm(file, { force: true })
    await writeFile(file, scriptText(script), { mode: 0o600, flag: 'wx' })
    // Aborted when it has ended.
    const watching = new AbortController()
    const ours: { ending: ScriptEnding | null; cancelling: Promise<void> | null } = {
      ending: null,
      cancelling: null,
    }
    const cancel = (why: ScriptEnding) => {
      ours.ending ??= why
      ours.cancelling ??= this.#endUntil(watching.signal, overlayId)
    }
    const aborted = () => cancel(scriptEndings.cancelled)
    try {
      signal.addEventListener('abort', aborted, { once: true })
      const running = this.#call([String(overlayId), name], options.onOutput)
      if (signal.aborted) aborted()
      void watchDraft({
        folder: draft,
        maxBytes: options.maxBytes,
        interval: watchInterval,
        signal: watching.signal,
        onExceeded: () => cancel(scriptEndings['disk-limit']),
      })
      const said = await running.finally(() => watching.abort())
      await ours.cancelling
      const report = parseScriptReport(said.trim().split('\n').at(-1) ?? '')
      if (ours.ending) return ours.ending
      if (!report) throw unusable(said)
      const { outcome, message, remedy } = report
      return { outcome, message, remedy }
    } finally {
      signal.removeEventListener('abort', aborted)
      await rm(file, { force: true })
    }
  }

  async end(overlayId: number): Promise<void> {
    await this.#call(['cancel', String(overlayId)], () => undefined)
  }

  async endAll(): Promise<void> {
    const names = await readdir(runsFolder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    await Promise.all(names.map(name => this.end(Number(name))))
  }

  /**
   * Again and again: the helper may not have begun yet with what is to be ended, and one that can't be started now, for
   * want of processes or descriptors, may be a second later. Never rejects.
   */
  async #endUntil(over: AbortSignal, overlayId: number): Promise<void> {
    while (!over.aborted) {
      await this.end(overlayId).catch(() => undefined)
      await delay(cancelInterval, undefined, { signal: over }).catch(() => undefined)
    }
  }

  /** Resolves with what it said on stderr, however it ended. */
  async #call(words: readonly string[], onOutput: (chunk: Buffer) => void): Promise<string> {
    const [program = '', ...rest] = this.#helper
    const child = spawn(program, [...rest, ...words], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A signal for us, such as a Ctrl-C, isn't one for it.
      detached: true,
    })
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    child.once('error', cause => reject(unusable(`${program} can't be started`, cause)))
    child.once('close', () => resolve())
    let said = ''
    // Without a descriptor left for them there are no streams, whatever the types say: only that error.
    child.stdout?.on('data', onOutput)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-complaintLimit)
    })
    await promise
    return said
  }
}

function unusable(said: string, cause?: unknown): HostError {
  return new HostError('unavailable', `The helper ${helperName} can't be run: ${said.trim().slice(0, 500)}`, {
    remedy: 'Look at the host’s checks: they say what is missing.',
    ...(cause === undefined ? {} : { cause }),
  })
}
