import { setImmediate as tick } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Turns } from './turns.ts'

const never = new AbortController().signal

it('lets nobody in early because somebody else gave up waiting', async () => {
  const turns = new Turns()
  const first = Promise.withResolvers<void>()
  const begun: string[] = []
  const holding = turns.take('a', never, () => first.promise)
  const giveUp = new AbortController()
  const waiting = turns.take('a', giveUp.signal, async () => begun.push('gave up'))
  giveUp.abort(new Error('gave up'))
  await expect(waiting).rejects.toThrow('gave up')
  const last = turns.take('a', never, async () => begun.push('last'))
  await turns.take('b', never, async () => begun.push('another key'))
  await tick()
  expect(begun).toEqual(['another key'])
  first.resolve()
  await holding
  await last
  expect(begun).toEqual(['another key', 'last'])
})
