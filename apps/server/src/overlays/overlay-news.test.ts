import { expect, test } from 'vitest'
import { EventHub, type PublishedEvent } from '../live/event-hub.ts'
import { OverlayNews } from './overlay-news.ts'

const record = { id: 7, ownerId: 3, shared: false }

function listen(): { news: OverlayNews; heard: PublishedEvent[]; next: () => Promise<PublishedEvent> } {
  const hub = new EventHub({ epoch: 'x' })
  const heard: PublishedEvent[] = []
  hub.subscribe(published => heard.push(published))
  const next = () =>
    new Promise<PublishedEvent>(resolve => {
      const stop = hub.subscribe(published => {
        stop()
        resolve(published)
      })
    })
  return { news: new OverlayNews(hub), heard, next }
}

test('many changes of an overlay at once are one piece of news, for its owner alone', async () => {
  const { news, heard, next } = listen()
  const told = next()
  for (let change = 0; change < 50; change += 1) news.changed(record)
  expect(await told).toMatchObject({
    event: { name: 'overlay', data: { id: 7, deleted: false } },
    audience: { ownerId: 3 },
  })
  expect(heard).toHaveLength(1)
})

test('what is shared, or was until now, everybody hears of', async () => {
  const { news, next } = listen()
  let told = next()
  news.changed({ ...record, shared: true })
  expect(await told).toMatchObject({ audience: 'everybody' })
  told = next()
  news.changed(record, { shared: true })
  news.changed(record)
  expect(await told).toMatchObject({ audience: 'everybody' })
})

test('that it is deleted is told at once, and nothing follows', () => {
  const { news, heard } = listen()
  news.changed(record)
  news.deleted(record)
  expect(heard).toMatchObject([{ event: { data: { id: 7, deleted: true } }, audience: { ownerId: 3 } }])
  news.stop()
})
