import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { findProgram } from '../../tools/test-support/find-program.ts'
import { removeFolder } from './remove-folder.ts'

export interface Browser extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** What the pages wrote to the console as errors, and what they threw, so far. */
  readonly errors: readonly string[]
}

/** How long the browser, and whatever is waited for on a page, may take before a test has failed; milliseconds. */
const patience = 240_000

/** Debian's Chromium with a profile of its own, which is deleted afterwards. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findProgram('chromium')
  if (executablePath === null) throw new Error('chromium is not installed')
  const profile = await mkdtemp(join(tmpdir(), 'left4me-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    timeout: patience,
    viewport: { width: 1280, height: 800 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  context.setDefaultTimeout(patience)
  const errors: string[] = []
  const watch = (page: Page) => {
    page.on('console', message => {
      if (message.type() === 'error') errors.push(`${page.url()}: ${message.text()}`)
    })
    page.on('pageerror', error => errors.push(`${page.url()}: ${error.message}`))
  }
  context.on('page', watch)
  const [first] = context.pages()
  const page = first ?? (await context.newPage())
  if (first) watch(first)
  return {
    page,
    context,
    errors,
    [Symbol.asyncDispose]: async () => {
      await context.close()
      await removeFolder(profile)
    },
  }
}
