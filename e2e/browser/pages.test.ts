import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import type { ApiClient } from '../support/api-client.ts'
import { lookAt } from '../support/look-at.ts'
import { admin, play } from '../support/scene.ts'
import { waitFor } from '../support/wait-for.ts'

describeWith(['chromium', 'overlayfs', 'quakestat'], 'each page', () => {
  it('is accessible in light and dark, fits a phone, and logs no error', async () => {
    await play('pages', async scene => {
      const { api, left4me, page, step } = scene
      const found: string[] = []
      /** `content` is there only once the page has what it shows. */
      const visit = async (name: string, path: string, content: string) => {
        step(`visit ${name}`)
        await page.goto(`${left4me.url}${path}`)
        await page.getByText(content).filter({ visible: true }).first().waitFor()
        found.push(...(await lookAt(page, name)))
      }

      const link = new URL(left4me.setUpLink ?? '')
      await visit('set-up', `${link.pathname}${link.hash}`, 'Make the admin and log in')
      await visit('set-up-link-broken', link.pathname, 'This link is not whole')
      await api.setUp(link.href, admin.username, admin.password)
      await visit('log-in', '/log-in', 'User name')
      await page.getByLabel('User name').fill(admin.username)
      await page.getByLabel('Password', { exact: true }).fill(admin.password)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByRole('heading', { name: 'Servers', exact: true }).waitFor()
      await visit('servers-empty', '/', 'No servers yet')
      await visit('jobs-empty', '/jobs', 'No jobs yet')
      await visit('installation-missing', '/installation', 'The game isn’t installed yet')

      step('make it busy')
      await makeBusy(api)
      await visit('servers', '/', 'Versus with Zoë')
      await visit('new-server', '/servers/new', 'Create and start')
      await visit('server', '/servers/1', 'Last ten minutes')
      await visit('server-console', '/servers/1/console', 'joined team')
      await visit('server-config', '/servers/1/config', 'hostname')
      await visit('server-settings', '/servers/1/settings', 'Launch arguments')
      await visit('server-failed', '/servers/4', 'It ended while it was starting')
      await visit('jobs', '/jobs', 'Install or update the game')
      await visit('job', '/jobs/1', 'fully installed')
      await visit('installation', '/installation', 'Build id')
      await visit('host', '/host', 'What runs')
      await visit('people', '/people', 'Add a person')
      await visit('audit', '/audit', 'server.create')
      await visit('account', '/account', 'Make a token')
      await visit('nothing-here', '/servers/99', 'There is nothing here')

      expect(found).toEqual([])
      // Who isn't logged in, or asks for what isn't there, is told so by a status that Chromium notes as an error.
      expect(scene.browser.errors.filter(error => !/status of (401|404)/.test(error))).toEqual([])
    })
  })
})

/** Two servers that are played on, one that is stopped and one that can't stay up. */
async function makeBusy(api: ApiClient): Promise<void> {
  await api.install()
  const played = ['-simulate-players', '4', '-simulate-player-interval-ms', '300']
  for (const [name, map] of [
    ['Friday night', 'c2m1_highway'],
    ['Versus with Zoë', 'c8m4_interior'],
  ]) {
    const { id } = await api.createServer({ name, arguments: ['+map', map, ...played] })
    await api.power('startServer', id)
  }
  await api.createServer({ name: 'Sunday practice' })
  const broken = await api.createServer({
    name: 'Broken mod test',
    arguments: ['-simulate-crash-after-ms', '50', '-simulate-never-ready'],
  })
  await api.call('startServer', { params: { id: broken.id } })
  await waitFor(
    'the broken server to have failed',
    async () => (await api.server(broken.id)).state === 'failed',
  )
  await waitFor('players', async () => (await api.server(1)).players > 1 && (await api.server(2)).players > 1)
}
