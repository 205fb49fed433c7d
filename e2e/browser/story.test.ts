import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { foreignQuery } from '../support/foreign-query.ts'
import { findGame, gameAt } from '../support/game-process.ts'
import { mountsOf, readProcess } from '../support/process-table.ts'
import { admin, play } from '../support/scene.ts'
import { waitFor } from '../support/wait-for.ts'

const serverName = 'Friday night'

describeWith(['chromium', 'overlayfs', 'quakestat'], 'the first evening with left4me', () => {
  it('goes from the set-up link to a server that is played on, talked to and stopped', async () => {
    await play('story', async ({ root, left4me, browser, page, step }) => {
      step('make the first admin')
      expect(left4me.setUpLink).not.toBeNull()
      await page.goto(left4me.setUpLink ?? '')
      await page.getByLabel('User name').fill(admin.username)
      await page.getByLabel('Password', { exact: true }).fill(admin.password)
      await page.getByRole('button', { name: 'Make the admin and log in' }).click()
      await page.getByRole('heading', { name: 'Servers', exact: true }).waitFor()

      step('log out, and in again')
      await page.getByRole('link', { name: admin.username }).click()
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.getByLabel('User name').fill(admin.username)
      await page.getByLabel('Password', { exact: true }).fill(admin.password)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByRole('heading', { name: 'Servers', exact: true }).waitFor()

      step('install the simulated game')
      await page.getByRole('link', { name: 'Install the game' }).click()
      await page.getByRole('button', { name: 'Install the game' }).click()
      await waitFor('srcds_run in the installation', () =>
        existsSync(`${root}/installation/revisions/1/srcds_run`),
      )
      await page.getByText('Ready', { exact: true }).waitFor()

      step('create a server')
      await page.getByRole('link', { name: 'Servers' }).first().click()
      await page.getByRole('link', { name: 'New server' }).first().click()
      await page.getByLabel('Name').fill(serverName)
      await page.getByLabel('Start map').selectOption('c2m1_highway')
      await page.getByRole('button', { name: 'Create', exact: true }).click()
      await page.getByRole('heading', { name: serverName }).waitFor()

      step('let its players come quickly')
      await page.getByRole('link', { name: 'Settings' }).click()
      const launchArguments = page.getByLabel('Launch arguments')
      await launchArguments.fill(
        `${await launchArguments.inputValue()}\n-simulate-players 3 -simulate-player-interval-ms 2000`,
      )
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByText('Saved.').waitFor()

      step('start it')
      const address = await page
        .getByText(/^[\d.]+:\d+$/)
        .first()
        .textContent()
      const port = Number(address?.split(':')[1])
      await page.getByRole('button', { name: 'Start', exact: true }).click()
      const answer = await waitFor('an answer to a foreign client', () => foreignQuery(port))
      const game = gameAt(root, port)
      expect(answer).toMatchObject({ name: expect.stringContaining(serverName), map: 'c2m1_highway' })
      await page.getByText('Running', { exact: true }).first().waitFor()

      step('look at its layers')
      const merged = `${root}/runtime/1/merged`
      expect(mountsOf(game.pid)).toContainEqual(
        expect.objectContaining({ mountPoint: merged, type: 'overlay' }),
      )
      expect(mountsOf(process.pid).filter(mount => mount.mountPoint.startsWith(root))).toEqual([])
      const seen = readFileSync(`/proc/${game.pid}/root${merged}/left4dead2/cfg/server.cfg`, 'utf8')
      expect(readFileSync(`${root}/runtime/1/upper/left4dead2/cfg/server.cfg`, 'utf8')).toBe(seen)
      expect(seen).toMatch(/^rcon_password /m)
      expect(existsSync(`/proc/${game.pid}/root${merged}/srcds_run`)).toBe(true)
      expect(existsSync(`${root}/runtime/1/upper/srcds_run`)).toBe(false)

      step('read its log live')
      await page.getByRole('link', { name: 'Console', exact: true }).click()
      const log = page.getByRole('log')
      const filter = page.getByLabel('Filter the log')
      // Only what is seen is in the page, and who plays goes on writing below it.
      await filter.fill('VAC secure mode')
      await log.getByText('VAC secure mode is activated.').first().waitFor()
      await filter.fill('')

      step('talk to its console')
      const command = page.getByRole('textbox', { name: 'Console command' })
      await command.fill('say hello from the browser')
      await command.press('Enter')
      await log.getByText('say "hello from the browser"').first().waitFor()
      await command.press('ArrowUp')
      expect(await command.inputValue()).toBe('say hello from the browser')
      await command.fill('hostname "Saturday night"')
      await command.press('Enter')
      await waitFor(
        'a foreign client to see the other name',
        async () => (await foreignQuery(port))?.name === 'Saturday night',
      )

      step('change the map')
      await page.getByRole('link', { name: 'Overview' }).click()
      await page.getByRole('button', { name: 'Change map' }).click()
      const maps = page.getByRole('dialog')
      await maps.getByLabel('Chapter').selectOption('c2m2_fairgrounds')
      await maps.getByRole('button', { name: 'Change map' }).click()
      await waitFor(
        'a foreign client to see the other map',
        async () => (await foreignQuery(port))?.map === 'c2m2_fairgrounds',
      )
      await maps.waitFor({ state: 'hidden' })
      await page.getByText('Dark Carnival 2/5').first().waitFor()

      step('see who plays')
      const player = await waitFor('a foreign client to see a player', async () => {
        const names = (await foreignQuery(port))?.playerNames ?? []
        for (const name of names) {
          if (name === '') continue
          if ((await page.getByRole('cell', { name, exact: false }).count()) > 0) return name
        }
        return null
      })
      expect(player).not.toBe('')

      step('stop it')
      await page.getByRole('button', { name: 'Stop', exact: true }).click()
      const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'))
      await dialog.getByRole('button', { name: 'Stop', exact: true }).click()
      await waitFor('the game to be gone', () => readProcess(game.pid)?.startTime !== game.startTime)
      expect(findGame(root, port)).toBeNull()
      await page.getByText('Stopped', { exact: true }).first().waitFor()
      expect((await foreignQuery(port))?.name).not.toBe('Saturday night')

      // The engine ends every RCON session when its map changes, and the answer to the command is lost with it.
      expect(browser.errors.filter(error => !error.includes('status of 502'))).toEqual([])
    })
  })
})
