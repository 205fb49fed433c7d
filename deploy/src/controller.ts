import type { KeySource } from '@left4me/converge'

/** What bundles have from the machine that deploys. All of it is asked for late: a plan sends nothing. */
export interface Controller {
  /** The deployment's key, of which each node's secrets are derived. */
  readonly key: KeySource
  /** What is deployed unless a node says otherwise: master; in a checkout without it, what is checked out. */
  defaultBranch(): string
  /** What is committed on a branch. Throws `DeployError` (`bad-source`) when there is no such branch. */
  source(git: { readonly url: string | null; readonly branch: string }): Source
  /** Node and npm for hosts. */
  readonly runtime: Runtime
}

/** The project at one commit. */
export interface Source {
  /** The commit, 40 hexadecimal digits. */
  readonly revision: string
  /** A tar archive, by gzip, of its files; with `paths` only of what is there. */
  archive(paths?: readonly string[]): Uint8Array
}

/** What hosts run left4me by: both packages as npm published them, checked against the hashes that are pinned here. */
export interface Runtime {
  /** Of Node: `24.21.0`. */
  readonly nodeVersion: string
  readonly npmVersion: string
  /** The path of a tar archive, by gzip, with `bin/node`, `bin/npm` (a link) and `lib/node_modules/npm`. */
  archive(): string
}
