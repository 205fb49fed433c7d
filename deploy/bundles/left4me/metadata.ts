import { bundleWrapSecret, derivedSecret, type MetadataView, type Secret } from '@left4me/converge'
import { hostPaths } from '@left4me/privileged'
import type { Controller } from '../../src/controller.ts'
import { parseCpuList } from '../../src/cores/cpu-list.ts'
import type { Left4meMetadata } from '../../src/metadata.ts'
import { MetadataSection, type TextRule } from '../metadata-section.ts'
import { prefix, reachableAddress, webAddress } from './addresses.ts'

/** Valve's own. */
const steamcmdUrl = 'https://steamcdn-a.akamaihd.net/client/installer/steamcmd_linux.tar.gz'

const database = `${hostPaths.root}/data/left4me.db`

/**
 * What a host can't be made again from: accounts and settings, overlays' revisions, servers' uppers. Not what is
 * downloaded, built or mounted; nor the live database, of which a copy of one moment is kept instead.
 */
const backup = {
  paths: new Set([hostPaths.root, hostPaths.configuration]),
  excludes: new Set([
    ...['app', 'installation', 'steam', '.steam', 'tmp', 'workshop_cache'].map(
      name => `${hostPaths.root}/${name}`,
    ),
    ...['merged', 'work'].map(name => `${hostPaths.runtime}/*/${name}`),
    `${hostPaths.overlays}/*/draft`,
    ...['', '-wal', '-shm'].map(ending => `${database}${ending}`),
  ]),
  before: { left4me: ['/usr/local/sbin/left4me', 'backup', `${hostPaths.root}/data/backup/left4me.db`] },
}

/** Everything but the domain; what is derived from the machine comes by reactors. */
export function left4meDefaults(controller: Controller, node: string): Record<string, unknown> {
  return {
    left4me: {
      git_url: null,
      git_branch: controller.defaultBranch(),
      web_workers: 1,
      web_threads: 32,
      job_worker_threads: 4,
      port_range_start: 27_015,
      port_range_end: 27_115,
      steam_web_api_key: null,
      steamcmd_url: steamcmdUrl,
      // The derivation of a host that BundleWrap deployed: who takes it over logs nobody out.
      secret_key: bundleWrapSecret(controller.key, `${node} left4me secret_key`),
      proxy_secret: derivedSecret(controller.key, `${node} left4me proxy_secret`),
      log_listener: { port: 27_500 },
      rcon_from: new Set<string>(),
      marks: true,
      npm_registry: null,
      npm_cache: null,
      limits: {},
      sandbox_denied: new Set<string>(),
    },
    backup,
  }
}

/** The node's own values, checked. Secrets are kept as such however they were written. */
export interface Left4meValues extends Left4meMetadata {
  readonly steam_web_api_key: Secret | null
  readonly secret_key: Secret
  readonly proxy_secret: Secret
}

/** A host name of at least two labels, in lower case (RFC 1123): certificates are for nothing else. */
const domain = {
  pattern: /^(?!.*\.\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/,
  wanted: 'the host name of the panel, for example l4d2.example.org',
  longest: 253,
}
/** What git is given as the address: never an option, nor a helper program (`ext::`). gitrevisions(7), git-clone(1) */
const repositoryUrl = {
  pattern: /^(?:(?:https?|ssh|git|file):\/\/|[\w.-]+@[\w.-]+:|\/)[\x21-\x7e]*$/,
  wanted: 'an address that git clones from, or leave it out for the checkout that deploys',
  longest: 2000,
}
/** git-check-ref-format(1). */
const branchName = {
  pattern: /^(?!.*(?:\.\.|\/\/|\/$|\.$|\.lock$))[A-Za-z0-9_][A-Za-z0-9._/+-]*$/,
  wanted: 'the name of a branch, for example master',
  longest: 200,
}
const cpuList = {
  pattern: { test: isCpuList },
  wanted: 'the cores of the system, for example 0-1,4, or leave it out for the first core',
  // Every core that Linux can have, by itself.
  longest: 40_000,
}
/** An absolute path in its only spelling, made of plain characters. */
const absolutePath = {
  pattern: /^(?:\/[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)+$/,
  wanted: 'an absolute path of letters, digits, dots, - and _',
  // PATH_MAX, limits.h(0p).
  longest: 4095,
}
const port = { least: 1024, most: 65_535 }
const limitNames = ['SERVER_DISK_BYTES', 'BUILD_DISK_BYTES', 'DISK_RESERVE_BYTES', 'FILES_LIMIT']

/** systemd and the command line's wrapper take quotes and backslashes for something else. */
function secretOf(least: number): TextRule {
  return {
    pattern: new RegExp(`^[!#-&(-[\\]-~]{${least},}$`),
    wanted: `at least ${least} letters, digits and signs without blanks, quotes and backslashes, or leave it out`,
    longest: 1000,
  }
}

function isCpuList(text: string): boolean {
  try {
    parseCpuList(text)
    return true
  } catch {
    return false
  }
}

type Readers = { readonly [Key in keyof Left4meMetadata]: (section: MetadataSection) => Left4meValues[Key] }

/** How each key is read. */
const readers: Readers = {
  domain: section => section.text('domain', domain),
  git_url: section => section.textOrNull('git_url', repositoryUrl),
  git_branch: section => section.text('git_branch', branchName),
  web_workers: oneWorker,
  web_threads: section => section.whole('web_threads', { least: 1, most: 1024 }),
  job_worker_threads: section => section.whole('job_worker_threads', { least: 1, most: 64 }),
  port_range_start: section => section.whole('port_range_start', port),
  port_range_end: section => section.whole('port_range_end', port),
  system_cpus: section => section.textOrNull('system_cpus', cpuList),
  steam_web_api_key: section => section.secretOrNull('steam_web_api_key', secretOf(1)),
  steamcmd_url: section => webAddress(section, 'steamcmd_url'),
  secret_key: section => section.secret('secret_key', secretOf(32)),
  proxy_secret: section => section.secret('proxy_secret', secretOf(32)),
  log_listener: section => logListener(section.section('log_listener')),
  rcon_from: section => section.set('rcon_from', prefix),
  marks: section => section.flag('marks'),
  npm_registry: section => (section.has('npm_registry') ? webAddress(section, 'npm_registry') : null),
  npm_cache: section => section.textOrNull('npm_cache', absolutePath),
  limits: section => limitsOf(section.section('limits')),
  sandbox_denied: section => section.set('sandbox_denied', prefix),
}

/** The value of one key, for a reactor that looks at no others. */
export function readLeft4me<Key extends keyof Left4meMetadata>(
  metadata: MetadataView,
  key: Key,
): Left4meValues[Key] {
  const left4me = { [key]: metadata.get(`left4me/${key}`) }
  return readers[key](MetadataSection.of({ left4me }, 'left4me'))
}

/** Throws a ConvergeError that names the key. */
export function parseLeft4me(metadata: Readonly<Record<string, unknown>>): Left4meValues {
  const section = MetadataSection.of(metadata, 'left4me')
  section.refuseOthers(Object.keys(readers))
  const read = Object.entries(readers).map(([key, reader]) => [key, reader(section)])
  // Each reader gives its key's type: `readers` says so.
  return Object.fromEntries(read) as Left4meValues
}

function oneWorker(section: MetadataSection): 1 {
  const value = section.value('web_workers')
  if (value === 1) return value
  throw section.wrongValue(
    'web_workers',
    "1, and raise web_threads instead: several can't share RCON connections and events yet",
  )
}

function logListener(section: MetadataSection): Left4meMetadata['log_listener'] {
  section.refuseOthers(['address', 'port'])
  return { address: reachableAddress(section, 'address'), port: section.whole('port', port) }
}

function limitsOf(section: MetadataSection): Record<string, number> {
  section.refuseOthers(limitNames)
  const limit = { least: 1, most: 999_999_999_999_999 }
  return Object.fromEntries(section.keys.map(name => [name, section.whole(name, limit)]))
}
