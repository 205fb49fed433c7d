/** One subcommand of a program. */
export interface Command {
  readonly name: string
  /** Names of the arguments. One in brackets may be left out; a last one that ends in `…` takes all that follow. */
  readonly arguments: readonly string[]
  /** Flags beyond `--help` and `--debug`, which every command has: name without hyphens → what it does. */
  readonly flags: Readonly<Record<string, string>>
  /** What takes a value, `--only SELECTOR`, and may be given several times: by name without hyphens. */
  readonly options?: Readonly<Record<string, Option>>
  /** One sentence. */
  readonly summary: string
  /** What else `--help` says: environment, files, notes. */
  readonly details?: string
  run(invocation: Invocation, terminal: Terminal): Promise<void>
}

export interface Option {
  /** What the value is, for people: `SELECTOR`. */
  readonly value: string
  readonly meaning: string
  /** One letter that means the same. */
  readonly short?: string
}

export interface Invocation {
  readonly arguments: readonly string[]
  readonly flags: ReadonlySet<string>
  /** The values of each option that was given, in their order. */
  readonly options: ReadonlyMap<string, readonly string[]>
}

/** A command line program made of commands. */
export interface Program {
  readonly name: string
  /** In the order in which help lists them. */
  readonly commands: readonly Command[]
  /** What else the general help says; its last line says the exit codes. */
  readonly notes: string
  /** Errors that have exit code 2 as wrong usage has. */
  readonly isWrongDefinition?: (error: unknown) => boolean
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
