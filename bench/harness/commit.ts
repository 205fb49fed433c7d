import { execFileSync } from 'node:child_process'

export interface Commit {
  /** null outside of a git checkout. */
  readonly id: string | null
  /** Whether the files are those of the commit; null where git can't say. */
  readonly clean: boolean | null
}

/** What `folder` has checked out. Changes nothing. */
export function describeCommit(folder: string): Commit {
  const id = git(folder, 'rev-parse', 'HEAD')
  const changes = git(folder, '--no-optional-locks', 'status', '--porcelain')
  return { id, clean: changes === null ? null : changes === '' }
}

function git(folder: string, ...args: string[]): string | null {
  try {
    return execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}
