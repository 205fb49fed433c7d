import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EventStream, type LiveState, retryDelay, type Source, type StreamEvent } from './event-stream.ts'

/** An EventSource whose connection the test makes and breaks. */
class TestSource extends EventTarget implements Source {
  readyState = 0

  close() {
    this.readyState = 2
  }

  connect() {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  /** The connection is lost; the browser tries again by itself. */
  lose() {
    this.readyState = 0
    this.dispatchEvent(new Event('error'))
  }

  /** The server answered with an error; the browser gives up. */
  refuse() {
    this.readyState = 2
    this.dispatchEvent(new Event('error'))
  }

  send(name: string, data: string) {
    this.dispatchEvent(new MessageEvent(name, { data }))
  }
}

function begin(mayRetry: () => Promise<boolean> = async () => true) {
  const sources: TestSource[] = []
  const states: LiveState[] = []
  const events: StreamEvent[] = []
  let opened = 0
  const stream = new EventStream({
    url: '/api/v1/events',
    open: () => {
      const source = new TestSource()
      sources.push(source)
      return source
    },
    onState: state => states.push(state),
    onEvent: event => events.push(event),
    onOpen: () => {
      opened += 1
    },
    mayRetry,
  })
  stream.start()
  const newest = () => {
    const source = sources.at(-1)
    if (!source) throw new Error('nothing was opened')
    return source
  }
  return { stream, sources, states, events, newest, opened: () => opened }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('EventStream', () => {
  it('hands on events by their names, in order', () => {
    const { newest, events } = begin()
    newest().connect()
    newest().send('server', '{"id":1}')
    newest().send('job', '{"id":2}')
    expect(events).toEqual([
      { name: 'server', data: { id: 1 } },
      { name: 'job', data: { id: 2 } },
    ])
  })

  it('drops what is no event and goes on', () => {
    const { newest, events } = begin()
    newest().send('server', '{"id":')
    newest().send('server', 'null')
    newest().send('stranger', '{"id":3}')
    newest().send('server', '{"id":4}')
    expect(events).toEqual([{ name: 'server', data: { id: 4 } }])
  })

  it('leaves a lost connection to the browser, and says so', () => {
    const { newest, states, sources, opened } = begin()
    newest().connect()
    newest().lose()
    newest().connect()
    expect(states).toEqual(['connecting', 'live', 'broken', 'live'])
    expect(sources).toHaveLength(1)
    expect(opened()).toBe(2)
  })

  it('opens a refused stream anew, each time later, and at once again after it worked', async () => {
    const { newest, sources, states } = begin()
    newest().refuse()
    await vi.advanceTimersByTimeAsync(retryDelay(0))
    expect(sources).toHaveLength(2)
    newest().refuse()
    await vi.advanceTimersByTimeAsync(retryDelay(0))
    expect(sources).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(retryDelay(1) - retryDelay(0))
    expect(sources).toHaveLength(3)
    newest().connect()
    expect(states.at(-1)).toBe('live')
    newest().refuse()
    await vi.advanceTimersByTimeAsync(retryDelay(0))
    expect(sources).toHaveLength(4)
  })

  it('gives up where trying again is pointless', async () => {
    const { newest, sources, states } = begin(async () => false)
    newest().refuse()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(states.at(-1)).toBe('refused')
    expect(sources).toHaveLength(1)
  })

  it('tries again when nobody can say whether that is pointless', async () => {
    const { newest, sources } = begin(() => Promise.reject(new Error('no answer')))
    newest().refuse()
    await vi.advanceTimersByTimeAsync(retryDelay(0))
    expect(sources).toHaveLength(2)
  })

  it('tries at once when asked, but never opens a second stream beside a good one', async () => {
    const { stream, newest, sources } = begin()
    newest().refuse()
    await vi.advanceTimersByTimeAsync(0)
    stream.retryNow()
    expect(sources).toHaveLength(2)
    newest().connect()
    stream.retryNow()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(sources).toHaveLength(2)
  })

  it('lets go of its connection while it is paused, and begins anew afterwards', async () => {
    const { stream, newest, sources, states, opened } = begin()
    newest().connect()
    stream.pause()
    expect(newest().readyState).toBe(2)
    expect(states.at(-1)).toBe('paused')
    stream.retryNow()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(sources).toHaveLength(1)
    stream.resume()
    stream.resume()
    expect(sources).toHaveLength(2)
    expect(states.at(-1)).toBe('broken')
    newest().connect()
    expect(states.at(-1)).toBe('live')
    expect(opened()).toBe(2)
  })

  it('is not woken by a try that was under way when it was paused', async () => {
    const { stream, newest, sources } = begin()
    newest().refuse()
    stream.pause()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(sources).toHaveLength(1)
  })

  it('says nothing more once it was stopped', async () => {
    const { stream, newest, sources, states, events } = begin()
    newest().connect()
    newest().refuse()
    stream.stop()
    newest().send('server', '{"id":1}')
    await vi.advanceTimersByTimeAsync(120_000)
    expect(events).toEqual([])
    expect(sources).toHaveLength(1)
    expect(states.at(-1)).toBe('broken')
  })
})

describe('retryDelay', () => {
  it('doubles from a second to half a minute', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map(retryDelay)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })
})
