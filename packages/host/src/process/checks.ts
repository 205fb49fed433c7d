import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree } from '../files/remove-tree.ts'
import type { HostCheckResult } from '../host.ts'
import type { Layout } from '../layout.ts'
import { checkDisk, checkSteamcmd, failed, passed } from '../shared-checks.ts'
import { spawnConfined } from './confined-program.ts'
import { findPrograms, missingProgramsError } from './programs.ts'
import type { Programs } from './supervisor/configuration.ts'
import { describeStageFailure } from './supervisor/stage-failure.ts'

const script = join(import.meta.dirname, 'supervisor', 'check.sh')

/** Tries what a server's start needs, in a folder of its own that is deleted again. */
export async function checkMachine(options: {
  readonly layout: Layout
  readonly programs: Partial<Programs>
  readonly steamcmd: string | null
}): Promise<HostCheckResult[]> {
  const { layout } = options
  const { programs, missing } = findPrograms(options.programs)
  return [
    programs
      ? passed('programs', 'The programs that servers need are there.')
      : failed('programs', missingProgramsError(missing)),
    ...(programs ? [await checkLayers(layout, programs)] : []),
    await checkSteamcmd(options.steamcmd),
    await checkDiskOf(layout),
    checkUser(),
  ]
}

async function checkLayers(layout: Layout, programs: Programs): Promise<HostCheckResult> {
  const name = 'layers'
  try {
    await mkdir(layout.temporary, { recursive: true, mode: 0o700 })
    const folder = await mkdtemp(join(layout.temporary, 'check-'))
    try {
      let said = ''
      const trial = spawnConfined({
        programs,
        mounts: true,
        command: [
          programs.shell,
          script,
          folder,
          String(process.getuid?.() ?? 0),
          String(process.getgid?.() ?? 0),
        ],
        folder,
        environment: {
          PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
          LEFT4ME_MOUNT: programs.mount,
          LEFT4ME_UNSHARE: programs.unshare,
          LEFT4ME_SCRIPT: programs.script,
        },
        onOutput: chunk => {
          said = (said + chunk.toString('utf8')).slice(-4000)
        },
      })
      if ((await trial.exited) !== 0) return failed(name, describeStageFailure(said, folder))
    } finally {
      await removeTree(folder)
    }
    return passed(name, 'The kernel mounts the layers of servers.')
  } catch (error) {
    return failed(name, {
      message: `${layout.temporary} can't be used (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
      remedy: 'Let the data directory belong to the user that left4me runs as.',
    })
  }
}

async function checkDiskOf(layout: Layout): Promise<HostCheckResult> {
  await mkdir(layout.root, { recursive: true, mode: 0o700 })
  return await checkDisk(layout.root)
}

function checkUser(): HostCheckResult {
  if (process.getuid?.() !== 0) return passed('user', 'Game servers run as an ordinary user.')
  return passed(
    'user',
    'left4me runs as root, and game servers as root without its capabilities. A user of its own is safer where other people install plugins.',
  )
}
