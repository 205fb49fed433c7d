import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AcceptedJob, limits, type Overlay } from '@left4me/contract'
import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { campaignVpk } from '../support/campaign-vpk.ts'
import { lookAt } from '../support/look-at.ts'
import { admin, play, type Scene } from '../support/scene.ts'

const uploadParts = /\/uploads\/\d+\/parts\?offset=(\d+)$/
const revision = /^r\d+$/

describeWith(['chromium', 'overlayfs', 'quakestat'], 'content in the browser', () => {
  it('is uploaded, gone on with after a broken connection, and published', async () => {
    await play('content-upload', async scene => {
      const { left4me, page, step, root } = scene
      const { found, picture, heading } = await enter(scene)

      step('be taught what overlays are')
      await page.getByRole('link', { name: 'Overlays' }).click()
      await page.getByText('No overlays yet').waitFor()
      await picture('overlays-empty')

      step('make an overlay for uploads')
      await page.getByRole('link', { name: 'New overlay' }).click()
      await page.getByRole('radio', { name: 'Upload' }).check()
      await page.getByLabel('Name').fill('Custom campaigns')
      await picture('new-overlay')
      await page.getByRole('button', { name: 'Create the overlay' }).click()
      await heading('Custom campaigns')
      await page.getByText('The draft is empty.').waitFor()

      step('send a campaign, and lose the connection in the middle')
      const vpk = join(root, '..', 'urban.vpk')
      writeFileSync(vpk, campaignVpk({ name: 'urban', title: 'Urban Flight', size: 11_000_000 }))
      const offsets: number[] = []
      page.on('request', request => {
        const offset = uploadParts.exec(request.url())?.[1]
        if (offset !== undefined) offsets.push(Number(offset))
      })
      await page.route(uploadParts, route =>
        uploadParts.exec(route.request().url())?.[1] === '0' ? route.continue() : route.abort('failed'),
      )
      const files = page.getByLabel('Drop files here, or choose them')
      await files.setInputFiles(vpk)
      await page.getByText('Connection lost, trying again soon').waitFor()
      await picture('overlay-upload-retrying')

      step('go on with it after loading the page anew')
      page.on('dialog', dialog => void dialog.accept())
      await page.goto(`${left4me.url}/overlays/1`)
      await page.getByText('Begun, but not finished').waitFor()
      // Only now: the page before goes on trying until it is left.
      await page.unroute(uploadParts)
      await picture('overlay-upload-unfinished')
      offsets.length = 0
      await files.setInputFiles(vpk)
      await page.getByText('left4dead2/addons/urban.vpk', { exact: true }).waitFor()
      expect(offsets[0]).toBeGreaterThan(0)
      expect(offsets[0]).toBeLessThan(limits.uploadPart)

      step('add a config, which needs a place, and what can’t be used')
      await files.setInputFiles([
        { name: 'motd.cfg', mimeType: 'text/plain', buffer: Buffer.from('echo "héllo"\n') },
        {
          name: 'broken.zip',
          mimeType: 'application/zip',
          buffer: Buffer.from('PK\u0003\u0004 but no more'),
        },
      ])
      await page.getByLabel('Place of motd.cfg').waitFor()
      await picture('overlay-upload-places')
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByText('left4dead2/cfg/motd.cfg', { exact: true }).waitFor()
      await page.getByText('Not added').waitFor()
      await page.getByRole('button', { name: 'Details of broken.zip' }).click()
      await page.getByRole('log').waitFor()
      await picture('overlay-upload')

      step('publish it, and look into the revision')
      await page.getByRole('button', { name: 'Publish' }).click()
      await page.getByText(revision).first().waitFor()
      await page.getByRole('link', { name: 'Revisions' }).click()
      await page.getByRole('button', { name: 'Show: Revision 1' }).click()
      await page.getByText('left4dead2/cfg/motd.cfg').waitFor()
      await page.getByRole('button', { name: 'left4dead2' }).click()
      await page.getByRole('button', { name: 'addons' }).click()
      await page.getByText('urban.vpk').last().waitFor()
      await picture('overlay-revisions')

      step('find its campaign in the library')
      await page.getByRole('link', { name: 'Library', exact: true }).click()
      await page.getByRole('link', { name: 'Urban Flight' }).waitFor()
      await picture('library')
      await page.getByRole('link', { name: 'Urban Flight' }).click()
      await page.getByText('urban2_rooftops').waitFor()
      await picture('campaign')

      step('be told why an index can’t be had')
      await page.goto(`${left4me.url}/overlays/new?kind=map-index`)
      await page.getByLabel('Name').fill('Maps of others')
      await page.getByLabel('Address of the index').fill('https://127.0.0.1:9/index.csv')
      await page.getByRole('button', { name: 'Create the overlay' }).click()
      await heading('Maps of others')
      await page.getByRole('button', { name: 'Build', exact: true }).click()
      await page.getByText('The last build failed.').waitFor()
      await picture('overlay-index-failed')

      step('find the rest of the pages on a phone')
      await page.setViewportSize({ width: 390, height: 844 })
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('dialog').getByRole('link', { name: 'Disk' }).click()
      await heading('Disk')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(found).toEqual([])
    })
  })

  it('is made by a script that is watched, cancelled, corrected and compared', async () => {
    await play('content-script', async scene => {
      const { api, left4me, page, step } = scene
      const { found, picture, heading } = await enter(scene)
      const editor = page.getByRole('textbox', { name: 'Script', exact: true })
      const build = page.getByRole('button', { name: 'Save and build' })

      step('watch a script that takes its time, and cancel it')
      await page.goto(`${left4me.url}/overlays/new?kind=script`)
      await page.getByLabel('Name').fill('Plugins')
      await editor.waitFor()
      await picture('new-overlay-script')
      await page.getByRole('button', { name: 'Create the overlay' }).click()
      await heading('Plugins')
      await editor.fill('echo getting ready\nsleep 3600\n')
      await page.getByText('Not saved yet').waitFor()
      await build.click()
      await page.getByRole('link', { name: 'Build log' }).click()
      await page.getByRole('log').getByText('getting ready').waitFor()
      await picture('overlay-building')
      await page.getByRole('button', { name: 'Cancel job' }).click()
      await page.getByText('Cancelled', { exact: true }).waitFor()
      expect(((await api.call('getOverlay', { params: { id: 1 } })) as Overlay).revision).toBeNull()

      step('see why a script fails, and correct it')
      await page.getByRole('link', { name: 'Content', exact: true }).click()
      await editor.fill('echo it breaks >&2\nexit 3\n')
      await build.click()
      await page.getByText('The last build failed.').waitFor()
      await picture('overlay-script-failed')
      await editor.fill('mkdir "$OVERLAY/left4dead2"\necho hello > "$OVERLAY/left4dead2/motd.txt"\n')
      await build.click()
      await page.getByText(revision).first().waitFor()

      step('compare it with what it was, and take that back')
      await page
        .getByRole('button', { name: /^Compare with/ })
        .nth(1)
        .click()
      await page.getByText('it breaks').last().waitFor()
      await picture('overlay-script')
      await page
        .getByRole('button', { name: /^Restore/ })
        .first()
        .click()
      await page.getByText('Not saved yet').waitFor()
      await expect.poll(() => editor.textContent()).toContain('it breaks')

      step('be told why somebody without the right can’t do that')
      const ellis = { username: 'ellis', password: 'my buddy keith once' }
      await page.goto(`${left4me.url}/people`)
      await page.getByRole('button', { name: 'Add a person' }).click()
      await page.getByLabel('User name').fill(ellis.username)
      await page.getByLabel('Password', { exact: true }).fill(ellis.password)
      await picture('people-add')
      await page.getByRole('button', { name: 'Add a person' }).last().click()
      await page.getByText('ellis').first().waitFor()
      await page.context().clearCookies()
      await logIn(scene, ellis)
      await page.goto(`${left4me.url}/overlays/new?kind=script`)
      await page.getByText('That needs a right').waitFor()
      await picture('new-overlay-forbidden')
      expect(found).toEqual([])
    })
  })

  it('comes from the Workshop, goes into a server, and is what players see', async () => {
    await play('content-workshop', async scene => {
      const { api, left4me, page, step } = scene
      const { found, picture, heading } = await enter(scene)
      await api.install()
      const server = await api.createServer({ name: 'Friday night' })

      step('look up a collection of the Workshop')
      await page.goto(`${left4me.url}/overlays/new?kind=workshop`)
      await page.getByLabel('Name').fill('From the Workshop')
      await page
        .getByLabel('Ids or addresses of the Workshop')
        .fill('200 https://steamcommunity.com/sharedfiles/filedetails/?id=512 1234567 450')
      await page.getByRole('button', { name: 'Look up' }).click()
      const add = page.getByRole('button', { name: /^Add \d items/ })
      await add.waitFor()
      await picture('new-overlay-workshop')

      step('add and build it')
      await add.click()
      await page.getByRole('button', { name: 'Create the overlay' }).click()
      await heading('From the Workshop')
      await page.getByRole('button', { name: 'Build', exact: true }).click()
      await page.getByText(revision).first().waitFor()
      await picture('overlay-workshop')

      step('use it in a server')
      const { id } = (await api.call('createOverlay', {
        body: { name: 'Plugins', kind: 'script', script: 'sleep 3600', shared: true },
      })) as Overlay
      await api.call('changeServer', {
        params: { id: server.id },
        body: { overlayIds: [1], publicPage: true },
      })
      await page.goto(`${left4me.url}/play/${server.id}`)
      await page.getByText('Closed at the moment').waitFor()
      await picture('play-closed')
      await api.power('startServer', server.id)
      await page.goto(`${left4me.url}/overlays/1/uses`)
      await page.getByText('Friday night').waitFor()
      await picture('overlay-uses')
      await page.goto(`${left4me.url}/overlays/1/settings`)
      await page.getByText('It is used by “Friday night”').first().waitFor()
      await picture('overlay-settings')

      step('look for new versions, and find it in the list')
      await page.getByRole('link', { name: 'Overlays', exact: true }).click()
      await page.getByRole('button', { name: 'Look now' }).click()
      await page.getByText('Last looked').waitFor()
      const { job } = (await api.call('buildOverlay', { params: { id } })) as AcceptedJob
      await page.getByText('running the script').waitFor()
      await picture('overlays')
      await page.getByLabel('Search overlays').fill('friday')
      await page.getByText('Plugins').waitFor({ state: 'detached' })

      step('see what uses the disk, and have go what nothing needs')
      await page.goto(`${left4me.url}/overlays/1`)
      await page.getByRole('button', { name: 'Remove Simulated campaign 512' }).click()
      await page.getByText('What is here isn’t published yet.').waitFor()
      await page.getByRole('button', { name: 'Build', exact: true }).click()
      await page.getByText('r2', { exact: true }).waitFor()
      await api.power('restartServer', server.id)
      await api.call('cancelJob', { params: { id: job.id } })
      await page.getByRole('link', { name: 'Revisions' }).click()
      const newest = page.getByRole('button', { name: 'Delete revision 2' })
      await page.getByText('It is used by Friday night.').waitFor({ state: 'attached' })
      expect(await newest.getAttribute('aria-disabled')).toBe('true')
      await page.getByRole('button', { name: 'Delete revision 1' }).click()
      await page.getByRole('button', { name: 'Delete the revision' }).click()
      await page.getByRole('button', { name: 'Delete revision 1' }).waitFor({ state: 'detached' })
      await page.getByRole('link', { name: 'Disk', exact: true }).click()
      await page.getByText('From the Workshop').first().waitFor()
      await picture('disk')
      await page.getByRole('button', { name: 'Clean up' }).click()
      await page.getByText('Deleted are:').waitFor()
      await picture('disk-clean-up')
      await page.getByRole('button', { name: /^Delete / }).click()
      await page.getByText(/^5 downloads/).waitFor()

      step('see what players see')
      await page.goto(`${left4me.url}/play/${server.id}`)
      await heading('Friday night')
      await page.getByRole('heading', { name: 'Simulated campaign 201' }).waitFor()
      const subscribe = page.getByRole('link', {
        name: 'Subscribe in the Workshop: Simulated campaign 1234567',
      })
      expect(await subscribe.getAttribute('href')).toContain('id=1234567')
      await picture('play')
      await page.goto(`${left4me.url}/play/99`)
      await page.getByText('There is no such page').waitFor()
      await picture('play-missing')
      expect(found).toEqual([])
    })
  })
})

/** Logs the first admin in, in the browser and for the API. */
async function enter(scene: Scene) {
  const { api, left4me, page } = scene
  const found: string[] = []
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).first().waitFor()
  await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
  await logIn(scene, admin)
  return {
    heading,
    /** What was wrong with the pages that were looked at. */
    found,
    picture: async (name: string) => found.push(...(await lookAt(page, name))),
  }
}

async function logIn(
  { left4me, page }: Scene,
  { username, password }: { username: string; password: string },
): Promise<void> {
  await page.goto(`${left4me.url}/log-in`)
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Servers', exact: true }).waitFor()
}
