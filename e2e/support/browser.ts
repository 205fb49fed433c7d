import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { findProgram } from '../../tools/test-support/find-program.ts'

export interface Browser extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** What the pages wrote to the console as errors, and what they threw, so far. */
  readonly errors: readonly string[]
}

/** Debian's Chromium with a profile of its own, which is deleted afterwards. */
export async function openBrowser(): Promise<Browser> {
  const profile = mkdtempDisposableSync(join(tmpdir(), 'left4me-chromium-'))
  const executablePath = findProgram('chromium')
  if (executablePath === null) throw new Error('chromium is not installed')
  const context = await chromium.launchPersistentContext(profile.path, {
    executablePath,
    headless: true,
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
  context.setDefaultTimeout(60_000)
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
      profile.remove()
    },
  }
}
