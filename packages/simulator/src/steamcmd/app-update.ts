import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gameFacts } from '../game-facts.ts'
import { readAppManifest, stateFlags, writeAppManifest } from './app-manifest.ts'
import { contentFiles, linuxFiles, type TreeFile, windowsFiles } from './game-tree.ts'
import { programFiles } from './program-files.ts'
import type { SteamcmdSwitches } from './switches.ts'

export interface AppUpdate {
  readonly appId: string
  readonly directory: string
  readonly platform: 'windows' | 'linux'
  readonly validate: boolean
  readonly switches: SteamcmdSwitches
  readonly print: (text: string) => void
}

/** What the real depots weigh; bytes. The simulated files are a few hundred KiB. */
const totals = { windows: 9_710_287_462, linux: 202_800_000 } as const

/** `app_update`: prints as steamcmd does, fills the folder, and returns the exit code that this step asks for. */
export async function updateApp(update: AppUpdate): Promise<number> {
  const { appId, directory, platform, print } = update
  const fail = (reason: string): number => {
    print(`ERROR! Failed to install app '${appId}' (${reason})\n`)
    return 8
  }
  if (appId !== String(gameFacts.serverAppId)) return fail('No subscription')
  const manifest = readAppManifest(directory)
  const complete = manifest !== null && manifest.stateFlags === stateFlags.fullyInstalled
  // Since November 2024 the Linux depot is closed to anonymous, unless the Windows one was installed before.
  if (platform === 'linux' && !(complete && manifest.platforms.length > 0)) return fail('Invalid platform')
  const installed =
    complete && manifest.platforms.includes(platform) && manifest.buildId === gameFacts.buildId
  if (installed && !update.validate) {
    print(`Success! App '${appId}' already up to date.\n`)
    return 0
  }
  const files =
    platform === 'windows'
      ? [...contentFiles(gameFacts.patchVersion), ...windowsFiles()]
      : [...programFiles(process.execPath), ...linuxFiles()]
  try {
    if (installed) await verify(update, files)
    else await install(update, files, manifest?.platforms ?? [])
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    const state = code === 'ENOSPC' || code === 'EDQUOT' ? '0x202' : '0x606'
    print(`Error! App '${appId}' state is ${state} after update job.\n`)
    return 8
  }
  print(`Success! App '${appId}' fully installed.\n`)
  return 0
}

async function install(
  update: AppUpdate,
  files: readonly TreeFile[],
  platforms: readonly string[],
): Promise<void> {
  const { directory, platform, switches } = update
  const buildId = gameFacts.buildId
  const known = platforms.filter(other => other !== platform)
  const partial = { buildId: '0', stateFlags: 2 + stateFlags.updateStarted, sizeOnDisk: 0, platforms: known }
  await writeAppManifest(directory, partial)
  const duration = switches['duration-ms'] * (platform === 'windows' ? 0.8 : 0.2)
  const total = totals[platform]
  const report = (state: string, done: number): void => {
    update.print(progressLine(state, done, total))
  }
  update.print(progressLine('0x3) reconfiguring', 0, 0))
  await steps(duration * 0.1, 3, share => report('0x11) preallocating', total * share))
  const staging = join(directory, 'steamapps', 'downloading', String(gameFacts.serverAppId))
  await mkdir(staging, { recursive: true })
  await steps(duration * 0.5, 12, async share => {
    report('0x61) downloading', total * share)
    await writeFile(join(staging, 'chunk'), `${gameFacts.simulated} ${share}\n`)
  })
  await steps(duration * 0.15, 4, share => report('0x81) verifying update', total * share))
  let written = 0
  await steps(duration * 0.25, 6, async share => {
    report('0x101) committing', total * share)
    const until = Math.round(files.length * share)
    await writeFiles(directory, files.slice(written, until))
    written = Math.max(written, until)
  })
  await rm(staging, { recursive: true, force: true })
  update.print(progressLine('0x0) unknown', 0, 0))
  const sizeOnDisk = await sizeOf(directory, files)
  const before = readAppManifest(directory)
  await writeAppManifest(directory, {
    buildId,
    stateFlags: stateFlags.fullyInstalled,
    sizeOnDisk: sizeOnDisk + (before?.sizeOnDisk ?? 0),
    platforms: [...known, platform],
  })
}

/** `validate`: changed default files are restored, as the real one does. */
async function verify(update: AppUpdate, files: readonly TreeFile[]): Promise<void> {
  const total = totals[update.platform]
  update.print(progressLine('0x3) reconfiguring', 0, 0))
  await steps(update.switches['duration-ms'] * 0.1, 4, share => {
    update.print(progressLine('0x5) verifying install', total * share, total))
  })
  await writeFiles(update.directory, files)
}

function progressLine(state: string, done: number, total: number): string {
  const percent = total === 0 ? 0 : (done / total) * 100
  return ` Update state (${state}, progress: ${percent.toFixed(2)} (${Math.round(done)} / ${total})\n`
}

/** Calls `report` with 0, …, 1 over `durationMs`. */
async function steps(
  durationMs: number,
  count: number,
  report: (share: number) => void | Promise<void>,
): Promise<void> {
  for (let step = 0; step <= count; step += 1) {
    await report(step / count)
    if (step < count) await wait(durationMs / count)
  }
}

async function writeFiles(directory: string, files: readonly TreeFile[]): Promise<void> {
  for (const { path, content, executable } of files) {
    const target = join(directory, path)
    await mkdir(join(target, '..'), { recursive: true })
    await writeFile(target, content)
    if (executable === true) await chmod(target, 0o755)
  }
}

async function sizeOf(directory: string, files: readonly TreeFile[]): Promise<number> {
  let size = 0
  for (const { path } of files) size += (await stat(join(directory, path))).size
  return size
}
