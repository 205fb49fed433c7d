import type { Page } from 'playwright-core'

/** Light or dark, without motion; resolves when the page is drawn so: colours on their way belong to neither look. */
export async function changeLook(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  const drawn = 'new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))'
  await page.evaluate(drawn)
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished))',
  )
  await page.evaluate(drawn)
}
