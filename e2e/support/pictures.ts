import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { changeLook } from './change-look.ts'

const folder = fileURLToPath(new URL('../output/', import.meta.url))

/** Light, dark and on a phone: `e2e/output/NAME-{light,dark,phone}.png`. Leaves the page light and wide. */
export async function takePictures(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const wide = { width: 1280, height: 800 }
  for (const [look, colorScheme, size] of [
    ['dark', 'dark', wide],
    ['phone', 'light', { width: 390, height: 844 }],
    ['light', 'light', wide],
  ] as const) {
    await page.setViewportSize(size)
    await changeLook(page, colorScheme)
    await page.screenshot({ path: `${folder}${name}-${look}.png` })
  }
}

/** What the page looked like when a test failed. */
export async function takeFailurePicture(page: Page, testName: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const file = testName.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)
  await page.screenshot({ path: `${folder}failed-${file}.png` })
}
