import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gameFacts } from '../game-facts.ts'
import { readAppManifest, stateFlags, writeAppManifest } from './app-manifest.ts'
import { contentFiles, linuxFiles, type TreeFile, windowsFiles } from './game-tree.ts'
import { type MomentOptions, pass } from './moments.ts'
import { programFiles } from './program-files.ts'
import { inSteps, progressLine } from './progress.ts'
import { sizeOfTree, writeTree } from './tree-writer.ts'

export type Platform = 'windows' | 'linux'

export interface AppUpdate extends MomentOptions {
  readonly appId: string
  readonly directory: string
  readonly platform: Platform
  readonly validate: boolean
  /** How this run fails: a value of the switch `failure`. */
  readonly failure: string
  readonly print: (text: string) => void
}

/** What the real depots weigh; bytes. The simulated files are a few hundred KiB. */
const totals = { windows: 9_710_287_462, linux: 202_800_000 } as const

const refusals: Readonly<Record<string, string>> = {
  'invalid-platform': 'Invalid platform',
  'no-subscription': 'No subscription',
  'missing-configuration': 'Missing configuration',
}

/** An update job that ended in a state other than “fully installed”. */
class UpdateJobError extends Error {
  override readonly name = 'UpdateJobError'
  readonly state: string

  constructor(state: string) {
    super(`state is ${state}`)
    this.state = state
  }
}

/** `app_update`: prints as steamcmd does, fills the folder, and returns the exit code that this step asks for. */
export async function updateApp(update: AppUpdate): Promise<number> {
  const { appId, directory, platform, print, switches } = update
  const refuse = (reason: string): number => {
    print(`ERROR! Failed to install app '${appId}' (${reason})\n`)
    return 8
  }
  if (appId !== String(gameFacts.serverAppId)) return refuse('No subscription')
  const refusal = refusals[update.failure]
  if (refusal !== undefined) return refuse(refusal)
  const manifest = readAppManifest(directory)
  const complete = manifest !== null && manifest.stateFlags === stateFlags.fullyInstalled
  const afterWindows = complete && manifest.platforms.includes('windows')
  // Since November 2024 the Linux depot is closed to anonymous, unless the Windows one was installed before.
  if (platform === 'linux' && !afterWindows && !switches['linux-alone']) return refuse('Invalid platform')
  // What belongs to another build is no longer there as far as this one is concerned.
  const known = manifest?.buildId === switches['build-id'] ? manifest.platforms : []
  const upToDate = complete && known.includes(platform)
  if (upToDate && !update.validate && update.failure === 'none') {
    print(`Success! App '${appId}' already up to date.\n`)
    return 0
  }
  const files = filesOf(update, known)
  try {
    if (upToDate && update.failure === 'none') await verify(update, files)
    else await install(update, files, known)
  } catch (error) {
    const state = stateAfter(error)
    if (state === null) throw error
    print(`Error! App '${appId}' state is ${state} after update job.\n`)
    return 8
  }
  print(`Success! App '${appId}' fully installed.\n`)
  if (switches['error-after-success']) return refuse('Missing configuration')
  return 0
}

/** LinuxGSM's list of states: 0x202 when the disk is full, 0x606 when it can't be written. */
function stateAfter(error: unknown): string | null {
  if (error instanceof UpdateJobError) return error.state
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === null) return null
  return code === 'ENOSPC' || code === 'EDQUOT' ? '0x202' : '0x606'
}

function filesOf({ platform, switches }: AppUpdate, known: readonly string[]): TreeFile[] {
  const content = contentFiles(switches['patch-version'])
  if (platform === 'windows') return [...windowsFiles(), ...content]
  const program = [...programFiles(), ...linuxFiles()]
  return known.includes('windows') ? program : [...program, ...content]
}

async function install(
  update: AppUpdate,
  files: readonly TreeFile[],
  known: readonly string[],
): Promise<void> {
  const { directory, platform, switches } = update
  const others = known.filter(other => other !== platform)
  const sizeBefore = others.length > 0 ? (readAppManifest(directory)?.sizeOnDisk ?? 0) : 0
  await writeAppManifest(directory, {
    buildId: '0',
    stateFlags: stateFlags.updateRequired + stateFlags.updateStarted,
    sizeOnDisk: 0,
    platforms: others,
  })
  const duration = switches['duration-ms'] * (platform === 'windows' ? 0.8 : 0.2)
  const total = totals[platform]
  const report = (state: string, done: number): void => {
    update.print(progressLine(state, done, total, switches.locale))
  }
  update.print(progressLine('0x3) reconfiguring', 0, 0, switches.locale))
  await inSteps(duration * 0.1, 3, share => report('0x11) preallocating', total * share))
  await pass('preallocating', update)
  const staging = join(directory, 'steamapps', 'downloading', String(gameFacts.serverAppId))
  await mkdir(staging, { recursive: true })
  await inSteps(duration * 0.5, 12, async share => {
    report('0x61) downloading', total * share)
    await writeFile(join(staging, 'chunk'), `${gameFacts.simulated} ${share}\n`)
    if (share < 0.5) return
    await pass('downloading', update)
    if (update.failure.startsWith('state-')) throw new UpdateJobError(update.failure.slice('state-'.length))
  })
  await inSteps(duration * 0.15, 4, share => report('0x81) verifying update', total * share))
  await pass('verifying', update)
  let written = 0
  await inSteps(duration * 0.25, 6, async share => {
    report('0x101) committing', total * share)
    const until = Math.round(files.length * share)
    await writeTree(directory, files.slice(written, until))
    written = until
    if (share >= 0.5) await pass('committing', update)
  })
  await rm(staging, { recursive: true, force: true })
  update.print(progressLine('0x0) unknown', 0, 0, switches.locale))
  await writeAppManifest(directory, {
    buildId: switches['build-id'],
    stateFlags: stateFlags.fullyInstalled,
    sizeOnDisk: sizeBefore + (await sizeOfTree(directory, files)),
    platforms: [...others, platform],
  })
}

/** `validate`: changed default files are restored, as the real one does. */
async function verify(update: AppUpdate, files: readonly TreeFile[]): Promise<void> {
  const { switches } = update
  const total = totals[update.platform]
  update.print(progressLine('0x3) reconfiguring', 0, 0, switches.locale))
  await inSteps(switches['duration-ms'] * 0.1, 4, share => {
    update.print(progressLine('0x5) verifying install', total * share, total, switches.locale))
  })
  await writeTree(update.directory, files)
}
