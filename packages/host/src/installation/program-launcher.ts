export interface ProgramRequest {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  /** Standard output and standard error. */
  readonly onOutput: (chunk: Buffer) => void
}

export interface LaunchedProgram {
  /** Exit status, 128 + N for signal N. Every descendant is gone then, if it was killed. */
  readonly exited: Promise<number>
  kill(): void
}

/** Runs a program that must not outlive us, with everything that it starts. */
export interface ProgramLauncher {
  /** sh(1), by absolute path. */
  readonly shell: string
  /** script(1), by absolute path. */
  readonly script: string
  launch(request: ProgramRequest): LaunchedProgram
}
