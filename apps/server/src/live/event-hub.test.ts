import { expect, test } from 'vitest'
import { EventHub } from './event-hub.ts'

test('the hub keeps what was missed for who comes back, and forgets the oldest of what is large', () => {
  const hub = new EventHub({ epoch: 'test' })
  const publish = (text: string) =>
    hub.publish({ name: 'log', data: { serverId: 1, sequence: 1, time: '', text } }, 'everybody')
  for (const text of ['one', 'two', 'three']) publish(text)
  expect(hub.since(1)?.map(({ sequence }) => sequence)).toEqual([2, 3])
  for (let time = 0; time < 5; time += 1) publish('x'.repeat(6 * 1024 * 1024))
  expect(hub.since(8)).toEqual([])
  expect(hub.since(6)?.map(({ sequence }) => sequence)).toEqual([7, 8])
  expect(hub.since(5)).toBeNull()
  publish('x'.repeat(17 * 1024 * 1024))
  expect(hub.since(8)).toBeNull()
  expect(hub.since(9)).toEqual([])
})
