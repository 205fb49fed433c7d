import type { Page } from 'playwright-core'

const drawn = 'new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))'

/** Resolves when the page was drawn anew, with what follows from that in its scripts. */
export async function untilDrawn(page: Page): Promise<void> {
  await page.evaluate(drawn)
}

/** Light or dark, without motion; resolves when the page is drawn so: colours on their way belong to neither look. */
export async function changeLook(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await untilDrawn(page)
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().filter(a => a instanceof CSSTransition).map(a => a.finished))',
  )
  await untilDrawn(page)
}
