import { chmodSync, mkdtempDisposableSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { seriousFindings } from '../support/accessibility.ts'
import { changeLook } from '../support/change-look.ts'
import { cutOffControls } from '../support/cut-off-controls.ts'
import { takePictures } from '../support/pictures.ts'
import { admin, play } from '../support/scene.ts'

const simulator = fileURLToPath(new URL('../../packages/simulator/bin/steamcmd', import.meta.url))

describeWith(['chromium', 'overlayfs'], 'the revisions of the game', () => {
  it('are updated while a server runs, changed to and rolled back in the browser', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'left4me-steam-'))
    const steamcmd = join(folder.path, 'steamcmd')
    /** While it is there, an update doesn't end. */
    const hold = join(folder.path, 'hold')
    writeFileSync(
      steamcmd,
      `#!/bin/sh
while [ -e '${hold}' ]; do sleep 0.1; done
LEFT4ME_SIMULATOR_SWITCHES="$(cat '${folder.path}/offer')"
export LEFT4ME_SIMULATOR_SWITCHES
exec '${simulator}' "$@"
`,
    )
    chmodSync(steamcmd, 0o755)
    const offer = (build: string, version: string) =>
      writeFileSync(
        join(folder.path, 'offer'),
        `-simulate-duration-ms 500 -simulate-build-id ${build} -simulate-patch-version ${version}`,
      )
    offer('100', '2.2.4.3')
    await play(
      'installation-revisions',
      async ({ left4me, page, api, step }) => {
        step('run a server with the first revision')
        await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
        await api.install()
        const quick = ['-simulate-boot-ms', '0', '-simulate-players', '0']
        const { id } = await api.createServer({
          name: 'Friday night',
          arguments: quick,
          updatePolicy: { mode: 'never', time: null },
        })
        await api.power('startServer', id)
        await page.goto(`${left4me.url}/log-in`)
        await page.getByLabel('User name').fill(admin.username)
        await page.getByLabel('Password', { exact: true }).fill(admin.password)
        await page.getByRole('button', { name: 'Log in' }).click()
        await page.getByRole('link', { name: 'Installation' }).first().click()
        await page.getByText('Revision 1', { exact: true }).first().waitFor()

        step('update while it runs')
        offer('101', '2.2.4.4')
        writeFileSync(hold, '')
        await page.getByRole('button', { name: 'Update the game' }).click()
        await page.getByRole('progressbar').first().waitFor()
        rmSync(hold)
        await page.getByText('Revision 2', { exact: true }).first().waitFor()
        const pending = page.getByRole('table', { name: 'Servers that have yet to change' })
        await pending.getByRole('link', { name: 'Friday night' }).waitFor()
        await pending.getByText('a start by hand').waitFor()
        const found: string[] = []
        for (const colorScheme of ['dark', 'light'] as const) {
          await changeLook(page, colorScheme)
          for (const finding of await seriousFindings(page)) found.push(`${colorScheme}: ${finding}`)
        }
        for (const width of [360, 768, 1280]) {
          await page.setViewportSize({ width, height: 800 })
          for (const control of await cutOffControls(page)) found.push(`${width} px: ${control} is cut off`)
        }
        await takePictures(page, 'installation-revisions')
        expect(found).toEqual([])

        step('restart the server with it')
        await page.getByRole('button', { name: 'Restart now' }).click()
        await pending.waitFor({ state: 'detached' })
        const newest = page.getByRole('row').filter({ hasText: 'Version 2.2.4.4' })
        await newest.getByRole('link', { name: 'Friday night' }).waitFor()

        step('roll back by one click')
        await page.getByRole('button', { name: 'Use revision 1' }).click()
        await page.getByRole('button', { name: 'Use revision 2' }).waitFor()
        await pending.getByRole('link', { name: 'Friday night' }).waitFor()
      },
      { LEFT4ME_STEAMCMD: steamcmd },
    )
  })
})
