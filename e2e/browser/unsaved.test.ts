import { pathOf } from '@left4me/contract'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { holdRequest } from '../support/hold-request.ts'
import { lookAt } from '../support/look-at.ts'
import { admin, play, type Scene } from '../support/scene.ts'
import { waitFor } from '../support/wait-for.ts'

const newFile = `left4dead2/cfg/${'a folder whose name is long/'.repeat(9)}night.cfg`

describeWith(['chromium', 'overlayfs'], 'what is typed and not saved', () => {
  it('stays while the page asks anew, saves and is left by mistake', async () => {
    await play('unsaved', async scene => {
      const { api, left4me, page, step } = scene
      const found: string[] = []
      await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
      await api.install()
      await api.createServer({ name: 'Friday night' })

      step('log in on the way to a file with a long address')
      await page.goto(`${left4me.url}/servers/1/files?${new URLSearchParams({ file: newFile })}`)
      await logIn(page)
      const file = page.getByRole('textbox', { name: newFile, exact: true })

      step('come back to the tab in which a new file is written')
      await file.click()
      await page.keyboard.type('sv_pausable 1')
      const layers = page.waitForResponse(response => response.url().endsWith('/layers'))
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
      await layers
      expect(await file.textContent()).toBe('sv_pausable 1')

      step('go on typing while the file is being saved')
      const saveFile = page.getByRole('button', { name: 'Save the file' })
      const written = await holdRequest(page, request => request.method() === 'PUT')
      await saveFile.click()
      await written.arrived
      await file.click()
      await page.keyboard.press('Control+End')
      await page.keyboard.type('23')
      await written.release()
      await waitFor('the rest to be there to save', () => isEnabled(page, 'Save the file'))
      expect(await file.textContent()).toBe('sv_pausable 123')
      expect(await contentOf(scene, newFile)).toBe('sv_pausable 1')

      step('be asked before the file is left')
      const question = page.getByRole('alertdialog', { name: 'You have changes that aren’t saved' })
      await page.getByRole('button', { name: 'Back to the folder' }).click()
      await question.waitFor()
      found.push(...(await lookAt(page, 'unsaved')))
      await question.getByRole('button', { name: 'Stay' }).click()
      await question.waitFor({ state: 'hidden' })
      await page.getByRole('link', { name: 'Config', exact: true }).click()
      await question.getByRole('button', { name: 'Stay' }).click()
      await question.waitFor({ state: 'hidden' })

      step('be asked before it is loaded anew')
      const asked = page.waitForEvent('dialog')
      await page.evaluate('setTimeout(() => location.reload())')
      const dialog = await asked
      expect(dialog.type()).toBe('beforeunload')
      await dialog.dismiss()
      expect(await file.textContent()).toBe('sv_pausable 123')

      step('leave it once it is saved')
      await saveFile.click()
      await page.getByText('Saved.').waitFor()
      await page.getByRole('link', { name: 'Config', exact: true }).click()

      step('go on typing while config lines are being saved')
      const lines = page.getByRole('textbox', { name: 'This server’s lines' })
      await lines.click()
      await page.keyboard.type('sv_alltalk 1')
      const patched = await holdRequest(page, request => request.method() === 'PATCH')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await patched.arrived
      await lines.click()
      await page.keyboard.press('Control+End')
      await page.keyboard.type(' // for all')
      await patched.release()
      await waitFor('the rest to be there to save', () => isEnabled(page, 'Save changes'))
      expect(await lines.textContent()).toBe('sv_alltalk 1 // for all')
      expect((await api.server(1)).config).toEqual(['sv_alltalk 1'])

      step('leave without saving')
      await page.getByRole('link', { name: 'Overview' }).click()
      await question.getByRole('button', { name: 'Leave without saving' }).click()
      await lines.waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'Config', exact: true }).click()
      await lines.waitFor()
      expect(await lines.textContent()).toBe('sv_alltalk 1')

      step('make a blueprint, and be taken to it without a question')
      await page.goto(`${left4me.url}/blueprints/new`)
      await page.getByLabel('Name', { exact: true }).fill('Versus')
      await page.getByRole('button', { name: 'Create the blueprint' }).click()
      await page.getByRole('heading', { name: 'Versus' }).waitFor()
      expect(found).toEqual([])
    })
  })

  it('outlives the session', async () => {
    await play('session-ends', async scene => {
      const { api, left4me, page, step } = scene
      const found: string[] = []
      await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
      await api.createServer({ name: 'Friday night' })
      await page.goto(`${left4me.url}/servers/1/config`)
      await logIn(page)

      step('be logged out while typing')
      const lines = page.getByRole('textbox', { name: 'This server’s lines' })
      await lines.click()
      await page.keyboard.type('sv_alltalk 1')
      await endSession(scene)
      const again = page.getByRole('dialog', { name: 'You were logged out' })
      await again.waitFor()
      found.push(...(await lookAt(page, 'logged-out-unsaved')))
      await page.keyboard.press('Escape')

      step('log in again where one is')
      await again.getByLabel('Password', { exact: true }).fill('boomer bile')
      await again.getByRole('button', { name: 'Log in' }).click()
      await again.getByText('Wrong name or password').first().waitFor()
      await again.getByLabel('Password', { exact: true }).fill(admin.password)
      await again.getByRole('button', { name: 'Log in' }).click()
      await again.waitFor({ state: 'hidden' })
      expect(await lines.textContent()).toBe('sv_alltalk 1')

      step('go on')
      await api.call('changeServer', { params: { id: 1 }, body: { name: 'Saturday night' } })
      await page.getByRole('heading', { name: 'Saturday night' }).waitFor()
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Saved.').waitFor()
      expect((await api.server(1)).config).toEqual(['sv_alltalk 1'])

      step('be logged out while nothing is unsaved')
      await endSession(scene)
      await page.getByText('You were logged out. Log in again to go on.').waitFor()
      await logIn(page)
      await lines.waitFor()

      step('give up what is typed')
      await lines.click()
      await page.keyboard.type('echo ')
      await endSession(scene)
      await again.getByRole('button', { name: 'Leave without saving' }).click()
      await again.waitFor({ state: 'detached' })
      await logIn(page)
      await lines.waitFor()
      expect(await lines.textContent()).toBe('sv_alltalk 1')
      expect(found).toEqual([])
    })
  })
})

async function logIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(admin.username)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** Logs the browser out, as another tab of it would. */
async function endSession({ left4me, page }: Scene): Promise<void> {
  const answer = await page.request.delete(`${left4me.url}${pathOf('logOut')}`, {
    headers: { origin: left4me.url },
  })
  expect(answer.ok()).toBe(true)
}

async function isEnabled(page: Page, name: string): Promise<boolean> {
  const button = page.getByRole('button', { name })
  return (await button.getAttribute('aria-disabled')) !== 'true'
}

async function contentOf({ api, left4me }: Scene, path: string): Promise<string> {
  const response = await fetch(`${left4me.url}${pathOf('getServerFile', { id: 1 }, { path })}`, {
    headers: { cookie: api.cookie },
  })
  return response.text()
}
