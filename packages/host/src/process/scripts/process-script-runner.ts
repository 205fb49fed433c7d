import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../../files/remove-tree.ts'
import type { HostCheckResult } from '../../host.ts'
import { HostError } from '../../host-error.ts'
import type { Layout } from '../../layout.ts'
import { watchDraft } from '../../overlays/scripts/draft-watch.ts'
import { scriptEndings } from '../../overlays/scripts/script-endings.ts'
import type { ScriptEnding, ScriptRunner, ScriptRunOptions } from '../../overlays/scripts/script-runner.ts'
import { scriptText } from '../../overlays/scripts/script-text.ts'
import { failed, passed } from '../../shared-checks.ts'
import { spawnConfined } from '../confined-program.ts'
import type { Programs } from '../supervisor/configuration.ts'
import { findSandboxPrograms, type SandboxPrograms } from './sandbox-programs.ts'
import { watchProcesses } from './watch-processes.ts'

const sandbox = join(import.meta.dirname, 'script-sandbox.sh')

export interface ScriptLimits {
  /** Milliseconds. */
  readonly time: number
  /** Of all processes together. */
  readonly memoryBytes: number
  readonly processes: number
  /** Milliseconds between two looks at what a script uses. */
  readonly interval: number
}

export const defaultScriptLimits: ScriptLimits = {
  time: 60 * 60 * 1000,
  memoryBytes: 4 * 1024 ** 3,
  processes: 512,
  interval: 250,
}

/** What this sandbox can't do that of the systemd driver can, for people. */
const sandboxGaps =
  'A script reaches the whole network here, this machine’s own services and its neighbours included, and may use all processors; its memory, processes and disk are only looked at four times a second.'

/**
 * Scripts as ordinary processes in namespaces of their own: they see a read-only system, `/overlay`, `/tmp` and no
 * process but theirs. Needs no privilege.
 */
export class ProcessScriptRunner implements ScriptRunner {
  readonly #layout: Layout
  readonly #programs: () => Programs
  readonly #limits: ScriptLimits

  constructor(options: {
    readonly layout: Layout
    /** Throws `unsupported` when one is missing. */
    readonly programs: () => Programs
    readonly limits: ScriptLimits
  }) {
    this.#layout = options.layout
    this.#programs = options.programs
    this.#limits = options.limits
  }

  async run(overlayId: number, script: string, options: ScriptRunOptions): Promise<ScriptEnding> {
    const programs = findSandboxPrograms(this.#programs())
    await mkdir(this.#layout.temporary, { recursive: true, mode: 0o700 })
    const folder = await mkdtemp(join(this.#layout.temporary, `script-${overlayId}-`))
    try {
      await writeFile(join(folder, 'script'), executable(scriptText(script)), { mode: 0o600, flag: 'wx' })
      options.onOutput(Buffer.from(`${sandboxGaps}\n`))
      return await this.#confined(programs, folder, this.#layout.overlay(overlayId).draft, options)
    } finally {
      await chmod(folder, 0o700).catch(() => undefined)
      await removeTree(folder)
    }
  }

  /** A namespace dies with us: `spawnConfined`. */
  async end(): Promise<void> {}

  async endAll(): Promise<void> {}

  /** Tries the sandbox with an empty script, in a folder of its own. */
  async check(): Promise<HostCheckResult> {
    const name = 'scripts'
    try {
      const programs = findSandboxPrograms(this.#programs())
      await mkdir(this.#layout.temporary, { recursive: true, mode: 0o700 })
      const folder = await mkdtemp(join(this.#layout.temporary, 'script-check-'))
      try {
        await mkdir(join(folder, 'draft'))
        await writeFile(join(folder, 'script'), '#!/bin/bash\ntrue\n')
        let said = ''
        const ending = await this.#confined(programs, folder, join(folder, 'draft'), {
          onOutput: chunk => {
            said = (said + chunk.toString()).slice(-1000)
          },
          signal: AbortSignal.timeout(20_000),
          maxBytes: 1_000_000,
        })
        if (ending.outcome === 'succeeded')
          return passed(name, `Scripts of overlays can be run. ${sandboxGaps}`)
        return failed(name, {
          message: `Scripts of overlays can’t be run: ${ending.message} ${said.trim()}`,
          remedy: 'Install util-linux and bash, and let ordinary users make namespaces.',
        })
      } finally {
        await removeTree(folder)
      }
    } catch (error) {
      return failed(name, {
        message: error instanceof Error ? error.message : String(error),
        remedy: error instanceof HostError ? error.remedy : 'See to the data directory.',
      })
    }
  }

  async #confined(
    programs: SandboxPrograms,
    folder: string,
    draft: string,
    { onOutput, signal, maxBytes }: ScriptRunOptions,
  ): Promise<ScriptEnding> {
    if (signal.aborted) return scriptEndings.cancelled
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0]
    const inner = (id: number) => String(id === 0 ? 1000 : id)
    const run = spawnConfined({
      programs: programs.namespaces,
      mounts: true,
      command: [programs.namespaces.shell, sandbox, folder, draft, inner(uid), inner(gid), String(maxBytes)],
      folder: draft,
      environment: {
        PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
        LC_ALL: 'C.UTF-8',
        LEFT4ME_MOUNT: programs.namespaces.mount,
        LEFT4ME_UNSHARE: programs.namespaces.unshare,
        LEFT4ME_SETPRIV: programs.setpriv,
        LEFT4ME_PIVOT_ROOT: programs.pivotRoot,
        LEFT4ME_PRLIMIT: programs.prlimit,
      },
      onOutput,
    })
    let ending: ScriptEnding | null = null
    const end = (why: ScriptEnding) => {
      ending ??= why
      run.kill()
    }
    using over = new DisposableStack()
    const watching = over.adopt(new AbortController(), controller => controller.abort())
    const cancel = () => end(scriptEndings.cancelled)
    signal.addEventListener('abort', cancel, { once: true })
    over.defer(() => signal.removeEventListener('abort', cancel))
    const timer = over.adopt(
      setTimeout(() => end(scriptEndings.timeout), this.#limits.time),
      clearTimeout,
    )
    timer.unref()
    const { interval } = this.#limits
    void watchDraft({
      folder: draft,
      maxBytes,
      interval,
      signal: watching.signal,
      onExceeded: () => end(scriptEndings['disk-limit']),
    })
    over.adopt(
      watchProcesses({ pid: run.pid, limits: this.#limits, onExceeded: why => end(scriptEndings[why]) }),
      clearInterval,
    )
    const status = await run.exited
    return ending ?? describe(status)
  }
}

function executable(text: string): string {
  return text.startsWith('#!') ? text : `#!/bin/bash\n${text}`
}

function describe(status: number): ScriptEnding {
  if (status === 0) return scriptEndings.succeeded
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128)?.[0]
  if (signal === 'SIGXFSZ') return scriptEndings['disk-limit']
  if (signal) return { outcome: 'killed', message: `It was killed by ${signal}.`, remedy: 'See its output.' }
  return { outcome: 'failed', message: `It ended with exit code ${status}.`, remedy: 'See its output.' }
}
