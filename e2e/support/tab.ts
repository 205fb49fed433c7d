import type { Page } from 'playwright-core'

/** As if another tab came before this one, or the screen of the phone went dark. A page of a headless browser never is hidden. */
export async function hideTab(page: Page): Promise<void> {
  await setVisibility(page, 'hidden')
}

export async function showTab(page: Page): Promise<void> {
  await setVisibility(page, 'visible')
}

async function setVisibility(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: '${state}' })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  `)
}
