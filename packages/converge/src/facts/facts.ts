export interface PathFact {
  readonly kind: 'file' | 'directory' | 'symlink' | 'other'
  /** Four octal digits. */
  readonly mode: string
  /** Names; numbers where there is no name. */
  readonly owner: string
  readonly group: string
  readonly target: string
  readonly sha256: string | null
}

export interface UserFact {
  readonly uid: number
  readonly group: string
  readonly home: string
  readonly shell: string
  readonly groups: readonly string[]
}

export interface UnitFact {
  readonly loadState: string
  readonly activeState: string
  readonly subState: string
  readonly unitFileState: string
  readonly needsReload: boolean
}

export interface CommandFact {
  readonly exitCode: number
  readonly output: string
}

/** What is known of the target. A thing that was asked for and isn't there is null. */
export interface Facts {
  path(path: string): PathFact | null
  user(name: string): UserFact | null
  group(name: string): { readonly gid: number } | null
  /** The installed version. */
  package(name: string): { readonly version: string; readonly manual: boolean } | null
  architectures(): readonly string[]
  unit(name: string): UnitFact | null
  command(script: string, seconds: number): CommandFact
  record(name: string): string | null
}
