/** A real Debian 13 with left4me's files on it, to be driven from outside: a container or a virtual machine. */
export interface Bed {
  readonly kind: 'container' | 'machine'
  /**
   * Runs a bash script in the bed and resolves whatever its exit code. Its working folder is `/`, its environment a
   * fixed one. Rejects when the bed itself fails, or after `timeoutMs`, having ended the script.
   */
  run(script: string, options?: RunOptions): Promise<Finished>
  /**
   * The same under `set -euo pipefail`, but rejects with the output unless it exits with 0. Resolves to stdout without
   * the last line break.
   */
  succeed(script: string, options?: RunOptions): Promise<string>
  /** Writes a file of root's, with its folders; an older one is replaced. `mode` is 0644 unless told. */
  write(path: string, content: string, mode?: number): Promise<void>
  /** Restarts the operating system and resolves when it has started again. */
  reboot(): Promise<void>
}

export interface RunOptions {
  /** Whom it runs as; root unless told. */
  readonly user?: 'root' | 'left4me'
  /** What it reads from stdin; nothing unless told. */
  readonly input?: string
  /** Five minutes unless told: it only ends what hangs. */
  readonly timeoutMs?: number
}

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The script of `succeed`: a command that fails in its midst isn't passed over. */
export function strictly(script: string): string {
  return `set -euo pipefail\n${script}`
}

/** What `succeed` makes of the script's end. */
export function outputOf(script: string, { code, stdout, stderr }: Finished): string {
  if (code === 0) return stdout.replace(/\n$/, '')
  throw new Error(`exit code ${code} of:\n${script}\nstdout: ${stdout}\nstderr: ${stderr}`)
}
