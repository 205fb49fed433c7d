import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { admin, play } from '../support/scene.ts'
import { waitFor } from '../support/wait-for.ts'

/** Turns round what follows it: https://www.unicode.org/reports/tr9/#Explicit_Directional_Overrides */
const override = '\u202e'
const directions = /[\u202a-\u202e\u2066-\u2069]/

describeWith(
  ['chromium', 'overlayfs', 'quakestat'],
  'names and lines that try to turn the page round',
  () => {
    it('are shown in their order, with a mark where they tried it', async () => {
      await play('hostile-names', async scene => {
        const { api, left4me, page, step } = scene
        await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
        await api.install()
        const server = await api.createServer({
          name: `Friday${override}thgin`,
          // More than there is room for: they all come, and nobody leaves.
          arguments: [
            '-maxplayers',
            '12',
            '-simulate-players',
            '20',
            '-simulate-player-interval-ms',
            '200',
            '-simulate-names',
            'hostile',
          ],
        })
        await api.power('startServer', server.id)
        const texts = async () => `${await page.title()}\n${await page.locator('body').textContent()}`
        await page.goto(left4me.url)
        await page.getByLabel('User name').fill(admin.username)
        await page.getByLabel('Password', { exact: true }).fill(admin.password)
        await page.getByRole('button', { name: 'Log in' }).click()

        step('look at the list')
        await page.getByRole('link', { name: 'Friday\ufffdthgin' }).waitFor()
        expect(await texts()).not.toMatch(directions)

        step('look at who plays')
        await page.getByRole('link', { name: 'Friday\ufffdthgin' }).click()
        await page.getByRole('cell', { name: '\ufffdevil', exact: true }).waitFor()
        expect(await texts()).not.toMatch(directions)

        step('ask whether one of them shall be kicked')
        await page.getByRole('button', { name: 'Kick \ufffdevil' }).click()
        await page.getByRole('alertdialog', { name: /\ufffdevil/ }).waitFor()
        expect(await texts()).not.toMatch(directions)
        await page.keyboard.press('Escape')

        step('read the log')
        await page.getByRole('link', { name: 'Console', exact: true }).click()
        await page.getByRole('log').getByText('\ufffdevil').first().waitFor()
        expect(await texts()).not.toMatch(directions)

        step('delete the server, whose name can only be copied')
        await api.power('stopServer', server.id)
        await page.getByRole('link', { name: 'Settings', exact: true }).click()
        await page.getByRole('button', { name: 'Delete', exact: true }).click()
        await page.getByLabel('Type the server’s name').fill('Friday\ufffdthgin')
        await page.getByRole('button', { name: 'Delete the server' }).click()
        await waitFor('the server to be gone', async () => {
          const { items } = (await api.call('listServers')) as { items: unknown[] }
          return items.length === 0
        })
      })
    })

    it('keep their own direction beside what is no part of them', async () => {
      await play('names-from-right-to-left', async scene => {
        const { api, left4me, page } = scene
        await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
        const { id } = await api.createServer({ name: '!שבת', publicPage: true })
        await page.goto(`${left4me.url}/play/${id}`)
        const name = page.getByRole('heading', { level: 1 }).locator('bdi')
        expect(await name.textContent()).toBe('!שבת')
      })
    })
  },
)
