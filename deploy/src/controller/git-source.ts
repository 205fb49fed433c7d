import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Source } from '../controller.ts'
import { DeployError } from '../deploy-error.ts'
import { whatItSaid } from './what-it-said.ts'

/** master; without it the branch that is checked out, or HEAD where none is. */
export function defaultBranch(repository: string): string {
  const answers = (...words: string[]) => attempt(() => git(repository, ...words))
  if (answers('rev-parse', '--verify', '--quiet', 'refs/heads/master') !== null) return 'master'
  if (answers('rev-parse', '--verify', '--quiet', 'HEAD') === null) return 'master'
  return answers('symbolic-ref', '--quiet', '--short', 'HEAD') ?? 'HEAD'
}

/** What is committed on a branch of a repository here. What is only in the working tree isn't deployed. */
export function branchOf({ repository, branch }: { repository: string; branch: string }): Source {
  checkBranch(branch)
  const revision = attempt(() =>
    git(
      repository,
      'rev-parse',
      '--verify',
      '--quiet',
      branch === 'HEAD' ? 'HEAD^{commit}' : `refs/heads/${branch}^{commit}`,
    ),
  )
  if (revision === null) {
    const branches = attempt(() =>
      git(repository, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/'),
    )
    const there =
      branches === null
        ? `${repository} is no git repository. Deploy from a clone, or set left4me/git_url.`
        : `Set left4me/git_branch to one that is there: ${branches.split('\n').join(', ') || 'none'}.`
    throw new DeployError('bad-source', `${repository} has no branch ${branch}.`, { remedy: there })
  }
  return committed(repository, revision)
}

/** What is committed on a branch of a repository elsewhere: it is fetched into the cache folder, with this user's keys. */
export function fetchBranch(options: { url: string; branch: string; cacheFolder: string }): Source {
  const { url, branch, cacheFolder } = options
  checkBranch(branch)
  const repository = join(
    cacheFolder,
    'git',
    `${createHash('sha256').update(url).digest('hex').slice(0, 32)}.git`,
  )
  mkdirSync(repository, { recursive: true, mode: 0o700 })
  try {
    git(repository, 'init', '--quiet', '--bare')
    git(
      repository,
      ...['fetch', '--quiet', '--depth=1', '--no-tags', '--', url],
      `+refs/heads/${branch}:refs/heads/${branch}`,
    )
  } catch (error) {
    // Without its cause, whose command line has the address as it is.
    throw new DeployError(
      'bad-source',
      withoutLogin(`The branch ${branch} of ${url} can't be fetched: ${whatItSaid(error)}`),
      {
        remedy: `See that \`git ls-remote ${withoutLogin(url)}\` works as this user, or mend left4me/git_url and left4me/git_branch.`,
      },
    )
  }
  return branchOf({ repository, branch })
}

/** Addresses without who logs in there, and by what. */
function withoutLogin(text: string): string {
  return text.replaceAll(/:\/\/\S*@/g, '://…@')
}

function committed(repository: string, revision: string): Source {
  return {
    revision,
    archive: (paths = []) =>
      execFileSync(
        'env',
        [...quietGit, '-C', repository, 'archive', '--format=tar.gz', revision, '--', ...paths],
        { stdio: quiet, maxBuffer: 512 * 1024 * 1024 },
      ),
  }
}

const quiet: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
/** Words for env(1): a git that asks nobody, and else has the user's own environment. */
const quietGit = ['GIT_TERMINAL_PROMPT=0', 'LC_ALL=C', 'git']

function git(repository: string, ...words: string[]): string {
  return execFileSync('env', [...quietGit, '-C', repository, ...words], {
    stdio: quiet,
    encoding: 'utf8',
  }).trim()
}

function attempt(work: () => string): string | null {
  try {
    return work()
  } catch {
    return null
  }
}

/** git-check-ref-format(1), and nothing that reads as an option or a pattern. */
function checkBranch(branch: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_./-]*$/.test(branch) || /\.\.|\/\/|\.lock$|[/.]$/.test(branch))
    throw new DeployError('bad-source', `${JSON.stringify(branch)} can't be the name of a branch.`, {
      remedy: 'Set left4me/git_branch to letters, digits, dots, dashes and slashes.',
    })
}
