import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { admin, play } from '../support/scene.ts'

describeWith(['chromium', 'overlayfs', 'quakestat'], 'the page for players', () => {
  it('copies the address also where it is reached without HTTPS', async () => {
    await play('play-page', async ({ api, left4me, page, step }) => {
      await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
      await api.install()
      const { id, address } = await api.createServer({ name: 'Friday night', publicPage: true })
      await api.power('startServer', id)

      step('copy it without the interface that browsers keep for HTTPS and for their own machine')
      await page.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
      await page.clock.install({ time: new Date('2026-11-21T20:15:00') })
      await page.goto(`${left4me.url}/play/${id}`)
      const copy = page.getByRole('button', { name: 'Copy' })
      await copy.waitFor()
      // The page says for a moment only that it is copied: the moment ends when the clock goes on.
      await page.clock.pauseAt(new Date('2026-11-21T22:15:00'))
      await copy.click()
      await page.getByRole('button', { name: 'Copied' }).waitFor()
      await page.clock.resume()
      await copy.waitFor()

      step('paste it')
      await page.goto(`${left4me.url}/log-in`)
      await page.getByLabel('User name').press('Control+v')
      expect(await page.getByLabel('User name').inputValue()).toBe(`connect ${address}`)
    })
  })
})
