import { type Job, type Overlay, pathOf } from '@left4me/contract'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'
import { admin, play, type Scene } from '../support/scene.ts'
import { hideTab, showTab } from '../support/tab.ts'
import { waitFor } from '../support/wait-for.ts'

/** When the evening begins, in the browser's own zone. */
const evening = new Date('2026-11-21T20:15:00')

describeWith(['chromium', 'overlayfs', 'quakestat'], 'who comes back to a tab', () => {
  it('of a server that was deleted meanwhile sees that it is gone', async () => {
    await play('coming-back-to-nothing', async scene => {
      const { api, left4me, page, step } = scene
      await enter(scene)
      const { id } = await api.createServer({ name: 'Friday night' })
      await page.goto(`${left4me.url}/servers/${id}`)
      await page.getByRole('button', { name: 'Start', exact: true }).waitFor()

      step('delete it while nobody looks')
      await hideTab(page)
      await page.clock.fastForward('02:00')
      await api.finish((await api.call('deleteServer', { params: { id } })) as { job: Job })
      await showTab(page)
      await page.getByRole('heading', { name: 'There is nothing here', level: 1 }).waitFor()
      expect(await page.getByRole('button', { name: 'Start', exact: true }).count()).toBe(0)
    })
  })

  it('without a network is told of when everything is', async () => {
    await play('coming-back-offline', async scene => {
      const { api, browser, left4me, page, step } = scene
      await enter(scene)
      const { id } = await api.createServer({ name: 'Thursday night' })
      await page.goto(left4me.url)
      await page.getByRole('link', { name: 'Thursday night' }).waitFor()
      // Only the event stream brings it: without one there is no time as of which things are shown.
      await api.call('changeServer', { params: { id }, body: { name: 'Friday night' } })
      await page.getByRole('link', { name: 'Friday night' }).waitFor()
      const interrupted = page.getByText('Live updates are interrupted.')

      step('look away for two hours')
      await hideTab(page)
      await page.clock.fastForward('02:00:00')
      await browser.context.setOffline(true)
      await showTab(page)
      await interrupted.waitFor()
      expect(await interrupted.textContent()).toContain('as of 20:')

      step('have the network again')
      await browser.context.setOffline(false)
      await interrupted.waitFor({ state: 'hidden' })

      step('have the tab frozen, so that its clock goes on but not its timers')
      await hideTab(page)
      await page.clock.setSystemTime(new Date('2026-11-22T08:00:00'))
      await browser.context.setOffline(true)
      await showTab(page)
      await interrupted.waitFor()
      expect(await interrupted.textContent()).toContain('as of 22:')
    })
  })

  it('hears of the build that failed while they were elsewhere, or didn’t look', async () => {
    await play(
      'coming-back-to-a-failure',
      async scene => {
        const { api, left4me, page, step } = scene
        await enter(scene)
        await api.createServer({ name: 'Friday night' })
        const slow = await scriptOverlay(scene, 'Slow', 'sleep 3600')
        const broken = await scriptOverlay(scene, 'Broken', 'exit 3')
        const failed = page.getByRole('heading', { name: 'Build “Broken”: failed' })
        const jobs = page.getByRole('navigation').getByRole('link', { name: /^Jobs/ })

        step('start a build that has to wait for another one')
        let before = await build(scene, slow)
        await page.goto(`${left4me.url}/overlays/${broken}`)
        await buildInBrowser(page, broken)

        step('have it fail while a server’s console is open')
        await page.getByRole('link', { name: 'Servers', exact: true }).click()
        await page.getByRole('link', { name: 'Friday night' }).click()
        await page.getByRole('link', { name: 'Console', exact: true }).click()
        await page.getByRole('log').waitFor()
        await waitFor('the count of jobs', async () => (await jobs.textContent()) === 'Jobs1')
        await api.call('cancelJob', { params: { id: before.id } })
        await failed.waitFor()
        await waitFor('no count of jobs', async () => (await jobs.textContent()) === 'Jobs')
        await page.getByRole('button', { name: 'Dismiss' }).click()
        await failed.waitFor({ state: 'detached' })

        step('have it fail while nobody looks')
        before = await build(scene, slow)
        await page.getByRole('link', { name: 'Overlays', exact: true }).click()
        await page.getByRole('link', { name: 'Broken' }).click()
        const second = await buildInBrowser(page, broken)
        await hideTab(page)
        await page.clock.fastForward('02:00')
        await api.call('cancelJob', { params: { id: before.id } })
        await expect(api.finish({ job: second })).rejects.toThrow('failed')
        expect(await failed.count()).toBe(0)
        await showTab(page)
        await failed.waitFor()
      },
      // One job after the other: what waits fails only once the test lets it.
      { JOB_WORKER_THREADS: '1' },
    )
  })
})

/** As the admin, in the browser and for the API; the browser's clock is the test's. */
async function enter({ api, left4me, page }: Scene): Promise<void> {
  await api.setUp(left4me.setUpLink ?? '', admin.username, admin.password)
  await page.clock.install({ time: evening })
  await page.goto(left4me.url)
  await page.getByLabel('User name').fill(admin.username)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Servers', exact: true }).waitFor()
}

async function scriptOverlay({ api }: Scene, name: string, script: string): Promise<number> {
  const body = { name, kind: 'script', script }
  return ((await api.call('createOverlay', { body })) as Overlay).id
}

/** Resolves once it runs. */
async function build({ api }: Scene, id: number): Promise<Job> {
  const { job } = (await api.call('buildOverlay', { params: { id } })) as { job: Job }
  await waitFor('the build to run', async () => {
    return ((await api.call('getJob', { params: { id: job.id } })) as Job).state === 'running'
  })
  return job
}

/** Resolves once the page has been told which job it is. */
async function buildInBrowser(page: Page, id: number): Promise<Job> {
  const answered = page.waitForResponse(response => response.url().endsWith(pathOf('buildOverlay', { id })))
  await page.getByRole('button', { name: 'Build', exact: true }).click()
  return ((await (await answered).json()) as { job: Job }).job
}
