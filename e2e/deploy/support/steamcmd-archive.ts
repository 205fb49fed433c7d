import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder } from '../../host/support/cache-folder.ts'
import { commandOutput } from '../../host/support/run-command.ts'
import { simulatedGame } from '../../host/support/simulated-game.ts'

const archive = 'steamcmd_linux.tar.gz'

/** As Valve's: it calls the program beside it, from wherever it is called. */
const starter = `#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/linux32/steamcmd" "$@"
`

/**
 * A folder with the simulated steamcmd, packed as Valve packs the real one: `steamcmd.sh` and `linux32/steamcmd`. Packed
 * where it isn't cached.
 */
export async function steamcmdArchive(): Promise<{ readonly folder: string; readonly name: string }> {
  const game = await simulatedGame()
  const folder = await cachedFolder('steamcmd-archive', [game, starter], async unfinished => {
    const content = join(unfinished, 'content')
    await mkdir(join(content, 'linux32'), { recursive: true })
    await writeFile(join(content, 'steamcmd.sh'), starter, { mode: 0o755 })
    await commandOutput(['cp', join(game, 'bin/left4me-simulator'), join(content, 'linux32/steamcmd')])
    // Quick rather than small: it is unpacked on an emulated processor, too.
    await commandOutput([
      ...['tar', '--create', '--use-compress-program=gzip -1', '--owner=0', '--group=0'],
      ...['--file', join(unfinished, archive), '--directory', content, 'steamcmd.sh', 'linux32'],
    ])
    await commandOutput(['rm', '-r', content])
  })
  return { folder, name: archive }
}
