import type { Job, Overlay } from '@left4me/contract'
import { startSimulatedWebApi } from '@left4me/simulator'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import type { ApiClient } from '../support/api-client.ts'
import { admin, play } from '../support/scene.ts'

describeWith(['chromium', 'overlayfs'], 'what is chosen in the browser', () => {
  it('is what a new server gets, also after another blueprint was chosen', async () => {
    await using steam = await startSimulatedWebApi()
    await play(
      'choose-blueprint',
      async ({ api, left4me, page }) => {
        await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
        const id = await makeOverlay(api, ['501'])
        await api.finish((await api.call('buildOverlay', { params: { id } })) as { job: Job })
        await api.call('createBlueprint', { body: { name: 'Custom campaigns', overlayIds: [id] } })
        await api.call('createBlueprint', { body: { name: 'Official ones' } })
        await page.goto(`${left4me.url}/servers/new`)
        await logIn(page)
        await page.getByLabel('Name', { exact: true }).fill('Friday night')
        await page.getByRole('radio', { name: /^Custom campaigns/ }).check()
        const map = page.getByLabel('Start map')
        const custom = map.locator('optgroup[label^="Cold Harbour"] option').first()
        await custom.waitFor({ state: 'attached' })
        await map.selectOption(await custom.getAttribute('value'))
        await page.getByRole('radio', { name: /^Official ones/ }).check()
        await expect.poll(() => map.locator('option:checked').textContent()).toBe('As the blueprint says')
        await page.getByRole('button', { name: 'Create', exact: true }).click()
        await page.getByRole('heading', { name: 'Friday night' }).waitFor()
        expect((await api.server(1)).arguments).toEqual([])
      },
      { STEAM_WEB_API_URL: steam.origin },
    )
  })

  it('is gone from the Workshop items for good, however fast one after the other is removed', async () => {
    await using steam = await startSimulatedWebApi()
    await play(
      'remove-items',
      async ({ api, left4me, page }) => {
        await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
        const id = await makeOverlay(api, ['501', '502', '503'])
        await page.goto(`${left4me.url}/overlays/${id}`)
        await logIn(page)
        const both = page.getByRole('button', { name: /^Remove (Cold Harbour|Night Freight)/ })
        await both.nth(1).waitFor()
        // Faster than anything is drawn.
        await page.evaluate(`for (const item of ['Cold Harbour', 'Night Freight'])
          document.querySelector('button[aria-label^="Remove ' + item + '"]').click()`)
        const ids = async () => ((await api.call('getOverlay', { params: { id } })) as Overlay).workshopIds
        await expect.poll(ids).toEqual(['503'])
        await both.first().waitFor({ state: 'detached' })
      },
      { STEAM_WEB_API_URL: steam.origin },
    )
  })
})

async function makeOverlay(api: ApiClient, workshopIds: string[]): Promise<number> {
  const { id } = (await api.call('createOverlay', {
    body: { name: 'Campaigns', kind: 'workshop', workshopIds },
  })) as Overlay
  return id
}

async function logIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(admin.username)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Log in' }).click()
}
