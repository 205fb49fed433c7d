import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { buildExecutable } from '../../../packages/simulator/src/executable/build-executable.ts'
import { repository } from '../../../tools/bootstrap/repository.mjs'
import type { Bed } from './bed.ts'
import { cachedFolder } from './cache-folder.ts'
import { commandOutput } from './run-command.ts'

/** Where each bed has what `simulatedGame` made, read-only. */
export const simulatedGameInBed = '/srv/simulator'

/**
 * A folder with `game/`, the simulated game as its steamcmd installs it, and `bin/{left4me-simulator,steamcmd}`, the
 * simulator as one executable: nothing in it needs Node or a checkout. Built in some seconds where it isn't cached.
 */
export async function simulatedGame(): Promise<string> {
  return await cachedFolder('simulator', await ingredients(), async folder => {
    await mkdir(join(folder, 'bin'))
    await buildExecutable(join(folder, 'bin/left4me-simulator'))
    await symlink('left4me-simulator', join(folder, 'bin/steamcmd'))
    // Steam gives the Linux build only where the Windows build was asked for before.
    for (const platform of ['windows', 'linux'])
      await commandOutput(
        [
          join(folder, 'bin/steamcmd'),
          ...['+force_install_dir', join(folder, 'game'), '+login', 'anonymous'],
          ...['+@sSteamCmdForcePlatformType', platform, '+app_update', '222860', '+quit'],
        ],
        {
          environment: { HOME: join(folder, 'home'), LEFT4ME_SIMULATOR_SWITCHES: '-simulate-duration-ms 0' },
        },
      )
  })
}

/** Puts the simulated game into the bed's installation, as the service user's, and its steamcmd where a host has it. */
export async function installSimulatedGame(bed: Bed): Promise<void> {
  await bed.succeed(
    `cd /var/lib/left4me
    cp --recursive --preserve=mode ${simulatedGameInBed}/game/. installation/
    cp ${simulatedGameInBed}/bin/left4me-simulator steam/steamcmd
    printf '#!/bin/sh\\nexec /var/lib/left4me/steam/steamcmd "$@"\\n' >steam/steamcmd.sh
    chmod +x steam/steamcmd.sh`,
    { user: 'left4me' },
  )
}

/** Everything that decides what the executable is. */
async function ingredients(): Promise<string[]> {
  const own = await readFile(import.meta.filename, 'utf8')
  const lockfile = await readFile(join(repository, 'package-lock.json'), 'utf8')
  const sources = await Promise.all(
    ['packages/simulator', 'packages/protocols/src'].map(folder => textsBelow(join(repository, folder))),
  )
  return [own, process.version, lockfile, ...sources.flat()]
}

async function textsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const paths = entries
    .filter(entry => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map(entry => join(entry.parentPath, entry.name))
    .filter(path => !path.endsWith('.test.ts'))
    .sort()
  return await Promise.all(paths.map(async path => `${path.slice(folder.length)}\0${await readFile(path)}`))
}
