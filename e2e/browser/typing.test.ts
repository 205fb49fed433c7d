import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { admin, play, type Scene } from '../support/scene.ts'
import { waitFor } from '../support/wait-for.ts'

describeWith(['chromium', 'overlayfs', 'quakestat'], 'who types', () => {
  it('goes on typing when what they type into changes', async () => {
    await play('typing', async scene => {
      const { api, left4me, page, step } = scene
      await enter(scene)
      await api.install()
      const { id } = await api.createServer({ name: 'Friday night' })
      await api.power('startServer', id)
      const focused = page.locator(':focus')

      step('empty the search, and search for something else')
      const search = page.getByRole('searchbox', { name: 'Search servers' })
      await search.fill('Saturday')
      await page.getByRole('button', { name: 'Clear', exact: true }).click()
      await page.keyboard.type('night')
      expect(await search.inputValue()).toBe('night')
      expect(new URL(page.url()).pathname).toBe('/')

      step('have the server stopped in the middle of a command')
      await page.goto(`${left4me.url}/servers/${id}/console`)
      const command = page.getByRole('textbox', { name: 'Console command' })
      await command.click()
      await page.keyboard.type('say see you ')
      await api.power('stopServer', id)
      await page.getByText('Stopped', { exact: true }).first().waitFor()
      await page.keyboard.type('next week')
      expect(new URL(page.url()).pathname).toBe(`/servers/${id}/console`)
      expect(await focused.getAttribute('aria-label')).toBe('Console command')
      expect(await command.inputValue()).toBe('say see you ')
      await page.keyboard.press('Enter')
      await api.power('startServer', id)
      await page.getByText('Running', { exact: true }).first().waitFor()
      await page.keyboard.type('tomorrow')
      await page.keyboard.press('Enter')
      await page.getByRole('log').getByText('say "see you tomorrow"').first().waitFor()

      step('have what is known of cvars come while a line is written')
      const known = Promise.withResolvers<void>()
      await page.route('**/api/v1/cvars', async route => {
        await known.promise
        await route.continue()
      })
      await page.goto(`${left4me.url}/servers/${id}/config`)
      const lines = page.getByRole('textbox', { name: 'This server’s lines' })
      await lines.click()
      await page.keyboard.type('sv_alltlak 1')
      known.resolve()
      await page.getByText('Is “sv_alltalk” meant?').waitFor()
      await page.keyboard.type('0')
      expect(await lines.textContent()).toBe('sv_alltlak 10')
      await page.keyboard.press('Control+z')
      await waitFor('less of the text', async () => (await lines.textContent()) !== 'sv_alltlak 10')
      await page.keyboard.press('Control+a')
      await page.keyboard.type('sv_allta')
      await page.getByRole('option', { name: /sv_alltalk/ }).waitFor()
    })
  })

  it('half a time is told what is missing, and may choose “at a time” again', async () => {
    await play('half-a-time', async scene => {
      const { api, left4me, page, step } = scene
      await enter(scene)
      const { id } = await api.createServer({ name: 'Friday night' })
      await page.goto(`${left4me.url}/servers/${id}/settings`)
      const policy = async () => (await api.server(id)).updatePolicy
      const atTime = page.getByRole('radio', { name: 'Daily at a time' })
      const time = page.getByLabel('Time (UTC)')
      await atTime.click()
      await waitFor('the first time', async () => (await policy()).time === '05:00')

      step('type half a time')
      await time.fill('6:')
      await page.getByText('Hours and minutes are wanted').waitFor()
      await page.getByRole('radio', { name: 'Only at a start by hand' }).click()
      await waitFor('the other choice', async () => (await policy()).mode === 'never')
      await time.waitFor({ state: 'hidden' })

      step('choose it again')
      await atTime.click()
      await waitFor('the choice', async () => (await policy()).mode === 'at-time')
      await waitFor('a whole time', async () => (await time.inputValue()) === (await policy()).time)
    })
  })
})

async function enter({ api, left4me, page }: Scene): Promise<void> {
  await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
  await page.goto(left4me.url)
  await page.getByLabel('User name').fill(admin.username)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Servers', exact: true }).waitFor()
}
