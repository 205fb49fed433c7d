import type { Page, Request } from 'playwright-core'

/** Keeps the requests to the API that are meant from the server until they are released. */
export async function holdRequest(page: Page, isMeant: (request: Request) => boolean) {
  const arrived = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  await page.route('**/api/**', async route => {
    if (!isMeant(route.request())) return route.fallback()
    arrived.resolve()
    await released.promise
    await route.continue()
  })
  return {
    /** Resolves when the first one was sent. */
    arrived: arrived.promise,
    /** Resolves when they are on their way to the server. */
    release: async () => {
      released.resolve()
      await page.unrouteAll({ behavior: 'wait' })
    },
  }
}
