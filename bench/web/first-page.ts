import { pathOf } from '@left4me/contract'
import type { CDPSession, Page } from 'playwright-core'
import { openBrowser } from '../../e2e/support/browser.ts'
import { findProgram } from '../../tools/test-support/find-program.ts'
import { type Benchmark, NotRunnable } from '../harness/benchmark.ts'
import { sum } from '../harness/statistics.ts'
import { BenchLeft4me } from '../product/left4me.ts'

/** 10³ bytes, as transfers are counted. */
const kilobyte = 1000

export const firstPage: Benchmark = {
  name: 'first-page',
  title: 'compressed bytes that a browser loads for its first page, with nothing in its cache',
  async run(context) {
    if (findProgram('chromium') === null)
      throw new NotRunnable('Chromium is missing: install the package chromium')
    await using left4me = await BenchLeft4me.start(context)
    await left4me.runServers(3, context.signal)
    const { url } = left4me.web
    const logIn = await loadPage(url, null)
    const servers = await loadPage(url, left4me.api.cookie)
    const pages = [
      { name: 'log-in page', loaded: logIn },
      { name: 'servers page', loaded: servers },
    ]
    return {
      samples: pages.map(
        ({ name, loaded }) => ({ name, unit: 'bytes', values: loaded.map(({ bytes }) => bytes) }) as const,
      ),
      figures: pages.flatMap(({ name, loaded }) => [
        {
          name,
          unit: 'bytes',
          value: sum(loaded.map(({ bytes }) => bytes)),
          aim: { atMost: 250 * kilobyte },
        } as const,
        { name: `${name}, requests`, unit: 'count', value: loaded.length, aim: null } as const,
      ]),
      notes: [
        'what Chromium counts as transferred, headers of the answers included; a sample a request, without the event stream, which has no end',
        ...pages.map(({ name, loaded }) => `${name}: ${largest(loaded)}`),
      ],
    }
  },
}

interface Loaded {
  readonly path: string
  /** Of the answer as it came over the wire. */
  readonly bytes: number
}

/** A browser of its own each time: nothing is cached. */
async function loadPage(url: string, cookie: string | null): Promise<Loaded[]> {
  await using browser = await openBrowser()
  const { page, context } = browser
  if (cookie !== null) {
    const [name = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name, value, url }])
  }
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  const loaded = recordLoads(session)
  await page.goto(url)
  await settled(page, cookie !== null)
  return loaded
}

function recordLoads(session: CDPSession): Loaded[] {
  const paths = new Map<string, string>()
  const loaded: Loaded[] = []
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    paths.set(requestId, new URL(request.url).pathname)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    loaded.push({ path: paths.get(requestId) ?? '', bytes: encodedDataLength })
  })
  return loaded
}

/** What a person waits for, and then nothing more that comes by itself; an open event stream is no request to wait for. */
async function settled(page: Page, signedIn: boolean): Promise<void> {
  if (signedIn) await page.waitForResponse(response => response.url().includes(pathOf('events')))
  else await page.getByRole('button', { name: /log in/i }).waitFor()
  await page.waitForLoadState('load')
  await page.waitForTimeout(1500)
}

function largest(loaded: readonly Loaded[]): string {
  return loaded
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 4)
    .map(({ path, bytes }) => `${path} ${(bytes / kilobyte).toFixed(1)} KB`)
    .join(', ')
}
