import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Job, Overlay } from '@left4me/contract'
import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { seriousFindings } from '../support/accessibility.ts'
import type { ApiClient } from '../support/api-client.ts'
import { changeLook } from '../support/change-look.ts'
import { cutOffControls } from '../support/cut-off-controls.ts'
import { takePictures } from '../support/pictures.ts'
import { admin, play, type Scene } from '../support/scene.ts'
import { waitFor } from '../support/wait-for.ts'

const configPath = 'left4dead2/cfg/house.cfg'

describeWith(['chromium', 'overlayfs'], 'what a server is made of', () => {
  it('is stacked, ordered, explained, edited and carried elsewhere in the browser', async () => {
    await play('layers', async scene => {
      const { root, left4me, page, api, step } = scene
      const found: string[] = []
      step('make overlays that bring the same file')
      await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
      await api.install()
      const house = await uploadOverlay(left4me.url, api, 'House rules', { [configPath]: 'sv_alltalk 1\n' })
      const friends = await uploadOverlay(left4me.url, api, 'Friends', {
        [configPath]: 'sv_alltalk 0\n',
        'left4dead2/motd.txt': 'Welcome\n',
      })
      await page.goto(`${left4me.url}/log-in`)
      await page.getByLabel('User name').fill(admin.username)
      await page.getByLabel('Password', { exact: true }).fill(admin.password)
      await page.getByRole('button', { name: 'Log in' }).click()

      step('make a blueprint')
      await page.getByRole('link', { name: 'Blueprints' }).first().click()
      await page.getByRole('link', { name: 'New blueprint' }).click()
      await page.getByLabel('Name', { exact: true }).fill('Versus')
      await page.getByRole('button', { name: 'Add an overlay' }).click()
      await page.getByRole('button', { name: 'Add House rules' }).click()
      await page.getByLabel('Launch arguments').fill('+mp_gamemode versus -tickrat 60')
      await page.getByText('Not known. Is -tickrate meant?').waitFor()
      await page.getByLabel('Launch arguments').fill('+mp_gamemode versus +map c5m1_waterfront')
      const blueprintConfig = page.getByRole('textbox', { name: 'Config lines' })
      await blueprintConfig.click()
      await page.keyboard.type('sv_alltalk 1')
      await page.getByRole('button', { name: 'Create the blueprint' }).click()
      await page.getByRole('heading', { name: 'Versus' }).waitFor()
      found.push(...(await look(scene, 'blueprint')))

      step('export it, and import it again')
      const downloading = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Export' }).click()
      const download = await downloading
      expect(download.suggestedFilename()).toBe('versus.blueprint.json')
      const exported = join(root, 'versus.blueprint.json')
      await download.saveAs(exported)
      expect(JSON.parse(readFileSync(exported, 'utf8'))).toMatchObject({
        left4me: 'blueprint',
        name: 'Versus',
        config: ['sv_alltalk 1'],
        overlays: [{ name: 'House rules', kind: 'upload', digest: expect.any(String) }],
      })
      const changed = JSON.parse(readFileSync(exported, 'utf8')) as { overlays: unknown[] }
      changed.overlays.push({ name: 'Banner', kind: 'script', script: ['#!/bin/bash', 'true'] })
      writeFileSync(exported, JSON.stringify(changed))
      await page.getByRole('link', { name: 'All blueprints' }).click()
      await page.getByRole('link', { name: 'Import' }).click()
      await page.getByLabel('Or paste its text').fill('{ "left4me": "blueprint", "name": "Broken", ')
      await page.getByText('This isn’t an exported blueprint yet.').waitFor()
      await page.locator('input[type=file]').setInputFiles(exported)
      await page.getByText('1 config line').waitFor()
      found.push(...(await look(scene, 'blueprint-import')))
      await page.getByRole('button', { name: 'Import', exact: true }).click()
      await page.getByText('“Versus (2)” is there').waitFor()
      await page.getByRole('button', { name: 'Build Banner' }).waitFor()
      found.push(...(await look(scene, 'blueprint-imported')))
      await page.getByRole('link', { name: 'Blueprints', exact: true }).first().click()
      await page.getByRole('link', { name: 'Versus (2)' }).waitFor()
      found.push(...(await look(scene, 'blueprints')))

      step('make a server from it')
      await page.getByRole('link', { name: 'Versus', exact: true }).click()
      await page.getByRole('link', { name: 'Make a server from it' }).click()
      await page.getByRole('heading', { name: 'New server' }).waitFor()
      await page.getByLabel('Name', { exact: true }).fill('Friday night')
      expect(await page.getByRole('radio', { name: /^Versus(?! \()/ }).isChecked()).toBe(true)
      await page.getByRole('button', { name: 'Create', exact: true }).click()
      await page.getByRole('heading', { name: 'Friday night' }).waitFor()

      step('stack another overlay on it, and order both by keyboard')
      await page.getByRole('link', { name: 'Layers' }).click()
      const own = page.getByRole('list', { name: 'This server’s own layers' })
      for (const name of ['House rules', 'Friends']) {
        await page.getByRole('button', { name: 'Add an overlay' }).first().click()
        await page.getByRole('button', { name: `Add ${name}` }).click()
      }
      const order = async () =>
        (await own.getByRole('listitem').allTextContents()).map(text =>
          text.includes('Friends') ? 'Friends' : 'House rules',
        )
      await expect.poll(order).toEqual(['Friends', 'House rules'])
      await page.getByRole('button', { name: /^Move Friends, 1 of 2/ }).press('ArrowDown')
      await page.getByText('Friends is now 2 of 2.').waitFor({ state: 'attached' })
      await expect.poll(order).toEqual(['House rules', 'Friends'])
      step('order them by dragging')
      await drag(scene, /^Move Friends, 2 of 2/, /^Move House rules, 1 of 2/)
      await waitFor('Friends to be uppermost', async () => (await order())[0] === 'Friends')
      await drag(scene, /^Move Friends, 1 of 2/, /^Move House rules, 2 of 2/)
      await waitFor('House rules to be uppermost', async () => (await order())[0] === 'House rules')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('The stack was changed').waitFor({ state: 'hidden' })
      expect((await api.server(1)).overlayIds).toEqual([house, friends])

      step('see the conflict, and who wins')
      const conflicts = page.getByRole('list', { name: 'Conflicts' })
      await conflicts.getByText(configPath).first().waitFor()
      await conflicts.getByText('wins').first().waitFor()
      await conflicts.getByText('House rules r1').first().waitFor()
      found.push(...(await look(scene, 'server-layers')))

      step('stay on a revision, and go on')
      await page.getByRole('button', { name: 'Stay on 1: Friends' }).click()
      await page.getByRole('button', { name: 'Take the newest from now on: Friends' }).click()
      await page.getByRole('button', { name: 'Stay on 1: Friends' }).waitFor()

      step('write config lines that are explained')
      await page.getByRole('link', { name: 'Config', exact: true }).click()
      const editor = page.getByRole('textbox', { name: 'This server’s lines' })
      await editor.click()
      await page.keyboard.type('sv_alltlak 2')
      await page.getByText('Is “sv_alltalk” meant?').waitFor()
      await page.keyboard.press('Control+a')
      await page.keyboard.type('sv_allta')
      await page.getByRole('option', { name: /sv_alltalk/ }).click()
      await page.keyboard.type('2')
      await page.getByText('“sv_alltalk” is 0 or 1, not 2.').waitFor()
      await page.keyboard.press('Backspace')
      await page.keyboard.type('0')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Saved.').waitFor()
      const setting = page.getByRole('row').filter({ hasText: 'sv_alltalk' }).last()
      await setting.getByText(/line \d+, this server/).waitFor()
      await setting.getByText(/line \d+, blueprint/).waitFor()
      found.push(...(await look(scene, 'server-config-explained')))

      step('see where a file comes from, edit it, and put it into an overlay')
      await page.getByRole('link', { name: 'Files' }).click()
      for (const folder of ['left4dead2', 'cfg'])
        await page.getByRole('button', { name: folder, exact: true }).click()
      const row = page.getByRole('listitem').filter({ hasText: 'house.cfg' })
      await row.getByText('House rules r1').waitFor()
      await row.getByText('hides 1').waitFor()
      found.push(...(await look(scene, 'server-files')))
      await page.getByRole('button', { name: 'house.cfg', exact: true }).click()
      const file = page.getByRole('textbox', { name: configPath })
      await file.click()
      await page.keyboard.press('Control+a')
      await page.keyboard.type('sv_pausable 1')
      await page.getByRole('button', { name: 'Save the file' }).click()
      await page.getByText('Saved.').waitFor()
      found.push(...(await look(scene, 'server-file')))
      await page.getByRole('button', { name: 'Put into an overlay' }).click()
      await page.getByRole('radio', { name: 'Friends' }).check()
      await page.getByRole('button', { name: 'Copy it' }).click()
      await page.getByText('It is in the draft of “Friends”').waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click()
      const promoted = await waitFor('the draft to be newer than what was built', async () => {
        const overlay = (await api.call('getOverlay', { params: { id: friends } })) as Overlay
        return overlay.buildNeeded
      })
      expect(promoted).toBe(true)
      await page.getByRole('button', { name: 'Back to the folder' }).click()
      await page.getByLabel('Layer').selectOption('upper')
      await page.getByRole('button', { name: 'house.cfg', exact: true }).waitFor()

      step('change the map to one of those that its layers hold')
      await api.power('startServer', 1)
      await page.getByRole('link', { name: 'Overview' }).click()
      await page.getByRole('button', { name: 'Change map' }).click()
      const maps = page.getByRole('dialog')
      await maps.getByRole('button', { name: 'Dark Carnival' }).click()
      await maps.getByLabel('Chapter').selectOption('c2m3_coaster')
      found.push(...(await look(scene, 'server-change-map')))
      await maps.getByRole('button', { name: 'Change map' }).click()
      await waitFor('the other map', async () => (await api.server(1)).map === 'c2m3_coaster')
      await maps.waitFor({ state: 'hidden' })

      step('see what waits for a restart')
      await page.getByRole('link', { name: 'Layers' }).click()
      await page.getByRole('button', { name: 'Remove House rules' }).click()
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Settings were changed since the server was started.').waitFor()

      step('look at the settings')
      await page.getByRole('link', { name: 'Settings' }).click()
      await page.getByLabel('Start map').selectOption('c2m1_highway')
      await page.getByLabel('Players see it without an account').click()
      await page.getByRole('link', { name: 'Open the page' }).waitFor()
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Saved.').waitFor()
      expect((await api.server(1)).arguments).toEqual(['+map', 'c2m1_highway'])

      expect(found).toEqual([])
      // Who isn't logged in yet is told so by a status, and the engine ends RCON when its map changes.
      expect(scene.browser.errors.filter(error => !/status of (401|404|502)/.test(error))).toEqual([])
    })
  })
})

/** Drags one handle to where another one is. */
async function drag({ page }: Scene, what: RegExp, where: RegExp): Promise<void> {
  const [from, to] = await Promise.all(
    [what, where].map(name => page.getByRole('button', { name }).boundingBox()),
  )
  if (!from || !to) throw new Error('there is nothing to drag')
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await page.mouse.down()
  // Past the middle of the other row.
  const further = to.y > from.y ? 12 : -12
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2 + further, { steps: 8 })
  await page.mouse.up()
}

/** Accessible in each look, nothing cut off, and a picture of each. Resolves with what is wrong. */
async function look({ page }: Scene, name: string): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await changeLook(page, colorScheme)
    for (const finding of await seriousFindings(page)) found.push(`${name}, ${colorScheme}: ${finding}`)
  }
  for (const width of [360, 768, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    for (const control of await cutOffControls(page))
      found.push(`${name}, ${width} px: ${control} is cut off`)
  }
  await takePictures(page, name)
  return found
}

/** An upload overlay with these files, built; its id. */
async function uploadOverlay(
  url: string,
  api: ApiClient,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<number> {
  const { id } = (await api.call('createOverlay', { body: { name, kind: 'upload' } })) as Overlay
  for (const [path, text] of Object.entries(files)) {
    const response = await fetch(
      `${url}/api/v1/overlays/${id}/files/content?path=${encodeURIComponent(path)}`,
      {
        method: 'PUT',
        headers: { cookie: api.cookie, origin: url, 'content-type': 'application/octet-stream' },
        body: text,
      },
    )
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  }
  await api.finish((await api.call('buildOverlay', { params: { id } })) as { job: Job })
  return id
}
