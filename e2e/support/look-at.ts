import type { Page } from 'playwright-core'
import { seriousFindings } from './accessibility.ts'
import { changeLook } from './change-look.ts'
import { cutOffControls } from './cut-off-controls.ts'
import { takePictures } from './pictures.ts'

/** Looks at the page as it is: accessible in each look, and a picture of each. Resolves with what is wrong. */
export async function lookAt(page: Page, name: string): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await changeLook(page, colorScheme)
    for (const finding of await seriousFindings(page)) found.push(`${name}, ${colorScheme}: ${finding}`)
  }
  for (const width of [360, 768, 1280, 1920]) {
    await page.setViewportSize({ width, height: 800 })
    for (const control of await cutOffControls(page))
      found.push(`${name}, ${width} px: ${control} is cut off`)
  }
  await takePictures(page, name)
  return found
}
