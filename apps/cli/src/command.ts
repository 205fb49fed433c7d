/** One subcommand of `left4me`. */
export interface Command {
  readonly name: string
  /** Names of the arguments, all required; a last one that ends in `…` takes all that follow. */
  readonly arguments: readonly string[]
  /** Flags beyond `--help` and `--debug`, which every command has: name without hyphens → what it does. */
  readonly flags: Readonly<Record<string, string>>
  /** One sentence. */
  readonly summary: string
  /** What else `--help` says: environment, files, notes. */
  readonly details?: string
  run(invocation: Invocation, terminal: Terminal): Promise<void>
}

export interface Invocation {
  readonly arguments: readonly string[]
  readonly flags: ReadonlySet<string>
}

/** The world outside, as commands see it. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Writes text to stdout as it is: what comes from a server has to go through `printable` first. */
  write(text: string): void
  /** Asks for a secret without echo. Throws UsageError, which names `variable`, where nobody can be asked. */
  askSecret(question: string, variable: string): Promise<string>
  /** Ends the command with another exit code than 0 although it printed its answer. */
  setExitCode(code: number): void
}
