import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../files/remove-tree.ts'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { writeFakeGame } from '../testing/fake-game.ts'
import { installationContract } from '../testing/installation-contract.ts'
import { openProcessHarness } from '../testing/process-harness.ts'

const simulatedSteamcmd = join(import.meta.dirname, '..', '..', '..', 'simulator', 'bin', 'steamcmd')

describeWithLayers('the process driver', () => {
  installationContract('revisions of the game files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'left4me-revisions-'))
    const steamcmd: Record<string, string> = {}
    const trial: string[] = []
    const harness = await openProcessHarness({
      root: join(folder, 'root'),
      steamcmd: simulatedSteamcmd,
      steamcmdEnvironment: steamcmd,
      revisionTrial: { arguments: trial },
    })
    await harness.uninstall()
    return {
      host: harness.host,
      steamcmd,
      trial,
      another: () => harness.another(),
      unversioned: async () => {
        await harness.uninstall()
        await writeFakeGame(join(harness.root, 'installation'))
      },
      leftovers: () => harness.leftovers(),
      dispose: async () => {
        await harness.dispose()
        await removeTree(folder)
      },
    }
  })
})
