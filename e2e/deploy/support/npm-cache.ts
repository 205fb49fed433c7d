import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { repository } from '../../../tools/bootstrap/repository.mjs'
import { cachedFolder } from '../../host/support/cache-folder.ts'
import { commandOutput } from '../../host/support/run-command.ts'

/** Where each bed has a cache that finds everything, and the packages themselves, which are shared and read-only. */
export const npmCacheInBed = '/srv/npm-cache'
export const npmContentInBed = '/srv/npm-content'

/**
 * Puts the cache into a tree (or what lies over it). Its index is the bed's own and anybody's to write: npm writes to it
 * also when it only reads, and has the service user's rights (cacache compacts a bucket where it looks something up).
 */
export async function prepareNpmCache(upper: string): Promise<void> {
  const own = join(upper, npmCacheInBed, '_cacache')
  await mkdir(own, { recursive: true })
  await commandOutput(['cp', '--recursive', join(await npmCache(), '_cacache/index-v5'), own])
  await symlink(join(npmContentInBed, '_cacache/content-v2'), join(own, 'content-v2'))
  await commandOutput(['chmod', '--recursive', 'a=rwX', join(upper, npmCacheInBed)])
}

/**
 * A folder that `npm ci --offline --cache` finds every dependency of the project in, filled by `npm ci` here: in a bed
 * nobody reaches a registry. Downloads where it isn't cached.
 */
export async function npmCache(): Promise<string> {
  const lockfile = await readFile(join(repository, 'package-lock.json'), 'utf8')
  const folder = await cachedFolder('npm-cache', [lockfile, await npmRegistry()], async unfinished => {
    process.stderr.write('left4me: fetching the dependencies for the test beds …\n')
    const project = join(unfinished, 'project')
    await copyManifests(project, lockfile)
    await commandOutput(
      [
        ...['env', `--chdir=${project}`, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
        ...['--cache', join(unfinished, 'cache')],
      ],
      { timeoutMs: 15 * 60_000, environment: { ...npmEnvironment(), HOME: '/root' } },
    )
    await rm(project, { recursive: true })
    await commandOutput(['chmod', '--recursive', 'u=rwX,go=rX', join(unfinished, 'cache')])
  })
  return join(folder, 'cache')
}

/** The registry that npm uses here, for `left4me/npm_registry`: what the cache has is filed under its address. */
export async function npmRegistry(): Promise<string> {
  const text = await commandOutput(['npm', 'config', 'get', 'registry'], {
    environment: { ...npmEnvironment(), HOME: '/root' },
  })
  return text.trim()
}

/** The manifests of the project and its workspaces, without which npm refuses the lockfile. */
async function copyManifests(project: string, lockfile: string): Promise<void> {
  await mkdir(project)
  for (const path of ['package.json', 'package-lock.json', ...workspaces(lockfile)]) {
    await mkdir(join(project, dirname(path)), { recursive: true })
    await cp(join(repository, path), join(project, path))
  }
}

function workspaces(lockfile: string): string[] {
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, unknown> }
  return Object.keys(packages)
    .filter(path => path !== '' && !path.includes('node_modules'))
    .map(path => join(path, 'package.json'))
}

/** npm's own configuration and the certificates that this machine trusts. */
function npmEnvironment(): Record<string, string> {
  const wanted = /^(npm_config_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|https?_proxy|no_proxy)$/i
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      wanted.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  )
}
