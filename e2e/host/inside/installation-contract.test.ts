import { rm } from 'node:fs/promises'
import { hostPaths } from '@left4me/privileged'
import { removeTree } from '../../../packages/host/src/files/remove-tree.ts'
import { createSystemdHost } from '../../../packages/host/src/systemd/systemd-host.ts'
import { writeFakeGame } from '../../../packages/host/src/testing/fake-game.ts'
import { installationContract } from '../../../packages/host/src/testing/installation-contract.ts'
import { openSystemdHarness } from '../../../packages/host/src/testing/systemd-harness.ts'
import { simulatedGameInBed } from '../support/simulated-game.ts'

installationContract('revisions of the game files, with the systemd driver', async () => {
  const harness = await openSystemdHarness()
  await harness.uninstall()
  await harness.host.close()
  const steamcmd: Record<string, string> = {}
  const trial: string[] = []
  const host = createSystemdHost({
    steamcmd: `${simulatedGameInBed}/bin/steamcmd`,
    steamcmdEnvironment: steamcmd,
    revisionTrial: { arguments: trial },
  })
  await host.open()
  return {
    host,
    steamcmd,
    trial,
    another: () => harness.another(),
    unversioned: async () => {
      await harness.uninstall()
      await writeFakeGame(hostPaths.installation)
    },
    leftovers: () => harness.leftovers(),
    dispose: async () => {
      await host.close()
      await harness.dispose()
      // What steamcmd keeps in its home, and what this suite installed.
      await removeTree(`${hostPaths.root}/steam/Steam`)
      await rm(`${hostPaths.root}/steam/sdk32/steamclient.so`, { force: true })
    },
  }
})
