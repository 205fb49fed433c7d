import type { Job, Overlay } from '@left4me/contract'
import { startSimulatedWebApi } from '@left4me/simulator'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { ApiClient } from '../support/api-client.ts'
import { openBrowser } from '../support/browser.ts'
import { lookAt } from '../support/look-at.ts'
import { admin, play, type Scene } from '../support/scene.ts'
import { hideTab, showTab } from '../support/tab.ts'
import { waitFor } from '../support/wait-for.ts'

const zoey = { username: 'zoey', password: 'every horror movie twice' }
const ellis = { username: 'ellis', password: 'my buddy keith once' }
const messageOfTheDay = 'left4dead2/motd.txt'

describeWith(['chromium', 'overlayfs', 'quakestat'], 'two people and what they share', () => {
  it('use one overlay, of which a new revision is taken only once it is accepted', async () => {
    await play('sharing', async scene => {
      const { api, left4me, page, step } = scene
      const { found, picture } = pictures()
      await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
      await api.install()
      await api.call('createUser', { body: { ...zoey, role: 'user', mayBringCode: true } })
      await api.call('createUser', { body: { ...ellis, role: 'user', mayBringCode: false } })
      await using second = await openBrowser()
      const owner = page
      const other = second.page
      await logIn(scene, owner, zoey)
      await logIn(scene, other, ellis)

      step('share an overlay')
      await owner.goto(`${left4me.url}/overlays/new?kind=script`)
      await owner.getByLabel('Name').fill('Plugins')
      await owner.getByLabel('Share it').check()
      const editor = owner.getByRole('textbox', { name: 'Script', exact: true })
      await editor.fill(scriptThatWrites('first'))
      await owner.getByRole('button', { name: 'Create the overlay' }).click()
      await owner.getByRole('heading', { name: 'Plugins', exact: true }).first().waitFor()
      await owner.getByRole('button', { name: 'Build', exact: true }).click()
      await owner.getByText('r1', { exact: true }).waitFor()

      step('put somebody else’s overlay on a server')
      const ofEllis = new ApiClient(left4me.url)
      await ofEllis.logIn(ellis.username, ellis.password)
      const server = await ofEllis.createServer({ name: 'Keith’s place' })
      await other.goto(`${left4me.url}/servers/${server.id}/layers`)
      await other.getByRole('button', { name: 'Add an overlay' }).first().click()
      await other.getByRole('button', { name: 'Add Plugins' }).click()
      await other.getByRole('button', { name: 'Save changes' }).click()
      await other.getByText('The stack was changed').waitFor({ state: 'hidden' })
      await ofEllis.power('startServer', server.id)
      expect(await messageOn(scene, ofEllis, server.id)).toBe('first\n')
      await other.getByRole('link', { name: 'Plugins', exact: true }).click()
      await other.getByText('This overlay belongs to zoey.').waitFor()
      expect(await other.getByRole('link', { name: 'Settings' }).count()).toBe(0)
      await picture(other, 'overlay-of-somebody-else')
      await other.goto(`${left4me.url}/servers/${server.id}/layers`)
      const layer = other.getByRole('listitem').filter({ hasText: 'Plugins' })
      await layer.getByText('revision 1', { exact: true }).waitFor()
      const accept = layer.getByRole('button', { name: 'Accept revision 2: Plugins' })
      expect(await accept.count()).toBe(0)

      step('publish a new revision')
      await editor.fill(scriptThatWrites('second'))
      await owner.getByRole('button', { name: 'Save and build' }).click()
      await owner.getByText('r2', { exact: true }).waitFor()

      step('see that the server stays on the old one, also over a restart')
      await accept.waitFor()
      await layer.getByText('revision 1', { exact: true }).waitFor()
      await layer.getByText('stays on it').waitFor()
      await ofEllis.power('restartServer', server.id)
      expect(await messageOn(scene, ofEllis, server.id)).toBe('first\n')
      await picture(other, 'server-layers-to-accept')

      step('accept it, and have it at the next start')
      await accept.click()
      await layer.getByText('from the next start; running with revision 1').waitFor()
      await layer.getByText('revision 2', { exact: true }).waitFor()
      expect(await messageOn(scene, ofEllis, server.id)).toBe('first\n')
      await picture(other, 'server-layers-accepted')
      await ofEllis.power('restartServer', server.id)
      await layer.getByText('from the next start; running with revision 1').waitFor({ state: 'hidden' })
      expect(await messageOn(scene, ofEllis, server.id)).toBe('second\n')

      step('see who uses it, and be refused to delete it')
      await owner.getByRole('link', { name: 'Used by' }).click()
      await owner.getByText('Keith’s place').waitFor()
      // It isn’t hers: a link would lead to a page that she may not see.
      expect(await owner.getByRole('link', { name: 'Keith’s place' }).count()).toBe(0)
      await picture(owner, 'overlay-uses-of-others')
      await owner.getByRole('link', { name: 'Revisions' }).click()
      await owner.getByText('runs on Keith’s place').waitFor()
      await owner.getByRole('link', { name: 'Settings', exact: true }).last().click()
      await owner.getByText('It is used by “Keith’s place”').first().waitFor()
      const remove = owner.getByRole('button', { name: 'Delete', exact: true })
      expect(await remove.getAttribute('aria-disabled')).toBe('true')
      const ofZoey = new ApiClient(left4me.url)
      await ofZoey.logIn(zoey.username, zoey.password)
      const { id } = (await ofZoey.call('getOverlay', { params: { id: 1 } })) as Overlay
      await expect(ofZoey.call('deleteOverlay', { params: { id } })).rejects.toThrow(/409.*Keith’s place/)

      step('delete it once nobody uses it any more')
      await other.getByRole('button', { name: 'Remove Plugins' }).click()
      await other.getByRole('button', { name: 'Save changes' }).click()
      await other.getByText('The stack was changed').waitFor({ state: 'hidden' })
      await ofEllis.power('stopServer', server.id)
      await owner.getByRole('link', { name: 'Used by' }).click()
      await owner.getByText('No server has it.').waitFor()
      await owner.getByRole('link', { name: 'Settings', exact: true }).last().click()
      await remove.click()
      await owner.getByLabel('Type the overlay’s name').fill('Plugins')
      await owner.getByRole('button', { name: 'Delete the overlay' }).click()
      await owner.getByText('No overlays yet').waitFor()
      expect(found).toEqual([])
    })
  })

  it('bring code only with the right, which an admin grants', async () => {
    await play('right-to-bring-code', async scene => {
      const { api, left4me, page, step } = scene
      const { found, picture } = pictures()
      await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
      await api.call('createUser', { body: { ...ellis, role: 'user', mayBringCode: false } })
      await using second = await openBrowser()
      const other = second.page
      await logIn(scene, page, admin)
      await logIn(scene, other, ellis)

      step('be told why it isn’t allowed')
      await other.goto(`${left4me.url}/overlays/new?kind=script`)
      await other.getByText('which admins grant on the page People').waitFor()
      const create = other.getByRole('button', { name: 'Create the overlay' })
      expect(await create.getAttribute('aria-disabled')).toBe('true')

      step('grant it')
      await page.getByRole('link', { name: 'People' }).first().click()
      await page.getByRole('button', { name: 'Change ellis' }).click()
      await page.getByLabel('May bring code').check()
      await picture(page, 'people-change')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByRole('row').filter({ hasText: 'ellis' }).getByText('may bring code').waitFor()
      await picture(page, 'people')

      step('come back to the tab, and make the overlay now')
      await hideTab(other)
      await showTab(other)
      await other.getByText('which admins grant on the page People').waitFor({ state: 'detached' })
      await other.getByLabel('Name').fill('Hats')
      await create.click()
      await other.getByRole('heading', { name: 'Hats', exact: true }).first().waitFor()
      await other.getByRole('button', { name: 'Build', exact: true }).click()
      await other.getByText('r1', { exact: true }).waitFor()
      expect(found).toEqual([])
    })
  })

  it('get what is new in the Workshop each in their own time, and see its pictures', async () => {
    await using steam = await startSimulatedWebApi()
    const environment = { STEAM_WEB_API_URL: steam.origin }
    await play(
      'workshop-news',
      async scene => {
        const { api, left4me, page, step } = scene
        const { found, picture } = pictures()
        await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
        await api.call('createUser', { body: { ...zoey, role: 'user' } })
        await api.call('createUser', { body: { ...ellis, role: 'user' } })
        const ofZoey = new ApiClient(left4me.url)
        await ofZoey.logIn(zoey.username, zoey.password)
        const overlay = async (name: string, workshopIds: string[]) => {
          const { id } = (await ofZoey.call('createOverlay', {
            body: { name, kind: 'workshop', workshopIds, shared: true },
          })) as Overlay
          await ofZoey.finish((await ofZoey.call('buildOverlay', { params: { id } })) as { job: Job })
          return id
        }
        const campaigns = await overlay('Campaigns', ['501', '502'])
        await ofZoey.createServer({ name: 'Friday night', overlayIds: [campaigns] })
        const ofEllis = new ApiClient(left4me.url)
        await ofEllis.logIn(ellis.username, ellis.password)
        await ofEllis.createServer({ name: 'Keith’s place', overlayIds: [campaigns] })
        await logIn(scene, page, admin)

        step('see the pictures of campaigns in the library')
        await page.getByRole('link', { name: 'Library', exact: true }).click()
        const card = (title: string) => page.getByRole('listitem').filter({ hasText: title })
        await card('Night Freight (simulated)').waitFor()
        await waitFor('the picture that the campaign brings', () =>
          card('Night Freight (simulated)')
            .locator('img')
            .evaluate((image: { readonly naturalWidth?: number }) => (image.naturalWidth ?? 0) > 0),
        )
        expect(await page.locator('img').evaluateAll(images => images.length)).toBe(2)
        await picture(page, 'library-pictures')

        step('look for new versions while there are none')
        await page.getByRole('link', { name: 'Overlays', exact: true }).click()
        await page.getByRole('button', { name: 'Look now' }).click()
        await page.getByText('Nothing had changed.').waitFor()

        step('look again after the items were updated')
        steam.switches['item-revision'] = 1
        const fresh = await overlay('Fresh', ['506'])
        await page.getByRole('button', { name: 'Look now' }).click()
        await page.getByText('New: Cold Harbour (simulated), Night Freight (simulated)').waitFor()
        await page.getByText('new revision', { exact: true }).waitFor()
        await page.getByText('Friday night: at its next start').waitFor()
        await page.getByText('Keith’s place: when its owner accepts it').waitFor()
        await picture(page, 'workshop-news')
        const revisionOf = async (id: number) =>
          ((await api.call('getOverlay', { params: { id } })) as Overlay).revision
        expect([await revisionOf(campaigns), await revisionOf(fresh)]).toEqual([2, 1])
        expect(found).toEqual([])
      },
      environment,
    )
  })
})

/** Collects what is wrong with the pages that are looked at. */
function pictures() {
  const found: string[] = []
  return {
    found,
    picture: async (page: Page, name: string) => found.push(...(await lookAt(page, name))),
  }
}

async function logIn({ left4me }: Scene, page: Page, { username, password }: typeof admin): Promise<void> {
  await page.goto(`${left4me.url}/log-in`)
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Servers', exact: true }).waitFor()
}

function scriptThatWrites(message: string): string {
  return `mkdir -p "$OVERLAY/left4dead2"\necho ${message} > "$OVERLAY/${messageOfTheDay}"\n`
}

/** What the server’s merged tree has as its message of the day. */
async function messageOn({ left4me }: Scene, api: ApiClient, serverId: number): Promise<string> {
  const response = await fetch(
    `${left4me.url}/api/v1/servers/${serverId}/files/content?path=${encodeURIComponent(messageOfTheDay)}`,
    { headers: { cookie: api.cookie } },
  )
  if (!response.ok) throw new Error(`${messageOfTheDay}: ${response.status} ${await response.text()}`)
  return response.text()
}
