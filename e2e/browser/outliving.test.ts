import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import type { ApiClient } from '../support/api-client.ts'
import { foreignQuery } from '../support/foreign-query.ts'
import { findGame, gameAt } from '../support/game-process.ts'
import { descendants, mountsOf, processesOf, readProcess } from '../support/process-table.ts'
import { admin, play, type Scene } from '../support/scene.ts'
import { waitFor } from '../support/wait-for.ts'

describeWith(['chromium', 'overlayfs', 'quakestat'], 'game servers', () => {
  it('outlive a kill -9 of the web application: same processes, whole logs, and they can be stopped', async () => {
    await play('outliving', async scene => {
      const names = ['one', 'two', 'three']
      scene.step('start three servers')
      const ports = await startServers(scene, names)
      for (const port of ports) await waitFor(`an answer on ${port}`, () => foreignQuery(port))
      const games = ports.map(port => gameAt(scene.root, port))
      await waitFor('lines of the game', async () => (await lastLine(scene.api)) > 5)

      scene.step('kill the web application')
      const saidBefore = await lastLine(scene.api)
      await scene.left4me.kill()
      for (const port of ports) await waitFor(`an answer on ${port}`, () => foreignQuery(port))
      expect(ports.map(port => gameAt(scene.root, port))).toEqual(games)

      scene.step('start left4me again')
      await scene.startAgain()
      expect(ports.map(port => gameAt(scene.root, port))).toEqual(games)
      await logIn(scene)
      for (const name of names) {
        const row = scene.page.getByRole('listitem').filter({ hasText: name })
        await row.getByText('Running', { exact: true }).waitFor()
      }

      scene.step('read the log over the gap')
      await scene.page.goto(`${scene.left4me.url}/servers/1/console`)
      await scene.page.getByRole('log').getByText('simulated line').last().waitFor()
      const numbers = await waitFor('more lines of the game', async () => {
        const lines = await numberedLines(scene.api, 1)
        return (lines.at(-1) ?? 0) > saidBefore + 40 && lines
      })
      expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index))

      scene.step('stop them')
      for (const id of [1, 2, 3]) await scene.api.power('stopServer', id)
      for (const [index, port] of ports.entries()) {
        expect((await foreignQuery(port))?.name).not.toBe(names[index])
        expect(findGame(scene.root, port)).toBeNull()
        const game = games[index]
        expect(game && readProcess(game.pid)?.startTime).not.toBe(game?.startTime)
      }
      expect(unexpected(scene)).toEqual([])

      scene.step('leave nothing behind')
      expect(await scene.left4me.stop()).toBe(0)
      const gamesLeft = processesOf(scene.root).filter(({ commandLine }) =>
        commandLine.some(argument => argument.includes('srcds')),
      )
      expect(gamesLeft).toEqual([])
      expect(mountsOf(process.pid).filter(mount => mount.mountPoint.startsWith(scene.root))).toEqual([])
    })
  })

  it('that crash while the web application is dead come back by themselves, and it says so afterwards', async () => {
    await play('crash', async scene => {
      scene.step('start a server')
      const [port = 0] = await startServers(scene, ['lonely'])
      await waitFor('an answer', () => foreignQuery(port))
      const before = gameAt(scene.root, port)

      scene.step('kill the web application, then the game')
      await scene.left4me.kill()
      const [engine] = descendants(before.pid)
      process.kill(engine?.pid ?? before.pid, 'SIGSEGV')
      await waitFor('another srcds_run', () => {
        const found = findGame(scene.root, port)
        return found !== null && found.pid !== before.pid
      })
      await waitFor('an answer of the new one', () => foreignQuery(port))
      const after = gameAt(scene.root, port)
      expect(after.pid).not.toBe(before.pid)

      scene.step('start left4me again')
      await scene.startAgain()
      expect(gameAt(scene.root, port)).toEqual(after)
      await logIn(scene)
      await scene.page.goto(`${scene.left4me.url}/servers/1`)
      await scene.page.getByText('Came back after 1 crash').waitFor()
      await scene.page.getByText('Running', { exact: true }).first().waitFor()

      scene.step('stop it for good')
      await scene.api.power('stopServer', 1)
      expect(findGame(scene.root, port)).toBeNull()
      expect(unexpected(scene)).toEqual([])
    })
  })
})

/** Who isn't logged in is told so by a 401, which Chromium notes as an error. */
function unexpected({ browser }: Scene): string[] {
  return browser.errors.filter(error => !error.includes('status of 401'))
}

/** Prints a numbered line twenty times a second, so that a gap in a log shows. */
const talkative = ['-simulate-lines-per-second', '20', '-simulate-players', '0']

/** Their ports: other servers on this machine may hold the first ones. */
async function startServers({ api, left4me }: Scene, names: readonly string[]): Promise<number[]> {
  await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
  await api.install()
  const ports: number[] = []
  for (const name of names) {
    const { id, port } = await api.createServer({ name, arguments: talkative })
    await api.power('startServer', id)
    ports.push(port)
  }
  return ports
}

/** In the browser and for the API. */
async function logIn({ api, left4me, page }: Scene): Promise<void> {
  await api.logIn(admin.username, admin.password)
  await page.goto(left4me.url)
  await page.getByLabel('User name').fill(admin.username)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Servers', exact: true }).waitFor()
}

/** The number of the newest line that `talkative` made the first server print; 0 when there is none. */
async function lastLine(api: ApiClient): Promise<number> {
  return (await numberedLines(api, 1)).at(-1) ?? 0
}

/** The numbers of the lines that `talkative` made a server print, in the order of its log. */
async function numberedLines(api: ApiClient, id: number): Promise<number[]> {
  const { items } = (await api.call('getLogs', { params: { id }, query: { lines: 5000 } })) as {
    items: { text: string }[]
  }
  return items.flatMap(({ text }) => {
    const number = /simulated line (\d+) /.exec(text)?.[1]
    return number === undefined ? [] : [Number(number)]
  })
}
