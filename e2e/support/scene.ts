import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { ApiClient } from './api-client.ts'
import { type Browser, openBrowser } from './browser.ts'
import { type Left4me, startLeft4me } from './left4me.ts'
import { takeFailurePicture } from './pictures.ts'
import { killLeftovers } from './process-table.ts'
import { removeFolder } from './remove-folder.ts'
import { waitFor } from './wait-for.ts'

export const admin = { username: 'rochelle', password: 'grenade launcher 1998' }

/** A data directory of its own, a left4me on it, and a browser. */
export interface Scene {
  /** The data directory, absolute. */
  readonly root: string
  readonly left4me: Left4me
  readonly browser: Browser
  readonly page: Page
  /** Not logged in. */
  readonly api: ApiClient
  /** Starts left4me anew after it was stopped or killed; `left4me` and `api` are the new ones then. */
  startAgain(): Promise<void>
  /** Names what is being done, for the message of a failure. */
  step(name: string): void
}

/**
 * Plays a scene and clears up behind it, also when it fails: then with a picture of the page, and what left4me printed
 * in the error.
 */
export async function play(
  name: string,
  scene: (scene: Scene) => Promise<void>,
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'left4me-e2e-'))
  const root = join(folder, 'data')
  let step = 'start left4me'
  let left4me: Left4me | null = null
  let browser: Browser | null = null
  try {
    const first = await startLeft4me(root, environment)
    left4me = first
    await waitFor('the set-up link', () => first.setUpLink)
    browser = await openBrowser()
    const stage = {
      root,
      left4me: first,
      browser,
      page: browser.page,
      api: new ApiClient(left4me.url),
      startAgain: async () => {
        left4me = await startLeft4me(root, environment)
        stage.left4me = left4me
        stage.api = new ApiClient(left4me.url)
      },
      step: (text: string) => {
        step = text
      },
    }
    await scene(stage)
  } catch (error) {
    if (browser) await takeFailurePicture(browser.page, name)
    const page = browser ? `\npage: ${browser.page.url()}\n${browser.errors.join('\n')}` : ''
    throw new Error(
      `${step}: ${error instanceof Error ? error.message : error}${page}\n${left4me?.output()}`,
      {
        cause: error,
      },
    )
  } finally {
    await browser?.[Symbol.asyncDispose]()
    await left4me?.stop()
    await killLeftovers(folder)
    await removeFolder(folder)
  }
}
