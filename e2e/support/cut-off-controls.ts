import type { Page } from 'playwright-core'
import { untilDrawn } from './change-look.ts'

/** Runs in the page. What scrolls may hold what isn't seen now; what clips or ends at the window may not. */
const find = `[...document.querySelectorAll('button, a, input, select, textarea')].flatMap(control => {
  const box = control.getBoundingClientRect()
  if (box.width < 2 || box.height < 2 || !control.checkVisibility({ visibilityProperty: true })) return []
  for (let around = control.parentElement; around; around = around.parentElement) {
    const { overflowX, position, textOverflow, contentVisibility, contain } = getComputedStyle(around)
    // A long name that ends in … is meant so.
    if (textOverflow === 'ellipsis') continue
    if (overflowX === 'auto' || overflowX === 'scroll' || position === 'fixed') return []
    const edge = around.getBoundingClientRect()
    const clips =
      ['hidden', 'clip'].includes(overflowX) ||
      contentVisibility === 'auto' ||
      /paint|strict|content/.test(contain) ||
      around === document.documentElement
    if (clips && edge.width >= 2 && (box.right > edge.right + 1 || box.left < edge.left - 1))
      return [control.getAttribute('aria-label') || control.textContent || control.tagName]
  }
  return []
})`

/** Names of buttons, links and fields that are cut off at a side, so that they can't be seen or pressed whole. */
export async function cutOffControls(page: Page): Promise<string[]> {
  await untilDrawn(page)
  const found: unknown = await page.evaluate(find)
  return Array.isArray(found) ? found.map(String) : []
}
