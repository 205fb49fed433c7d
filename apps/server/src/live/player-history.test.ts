import { expect, test } from 'vitest'
import { PlayerHistory } from './player-history.ts'

test('an hour of counts is kept, oldest first, and gaps are null', () => {
  const history = new PlayerHistory()
  for (let minute = 0; minute < 70; minute += 1) history.add(minute === 65 ? null : minute)
  expect(history.counts()).toHaveLength(60)
  expect(history.counts()[0]).toBe(10)
  expect(history.counts().slice(-5)).toEqual([null, 66, 67, 68, 69])
})

test('a server of which nothing is known has no history', () => {
  const history = new PlayerHistory()
  for (let minute = 0; minute < 3; minute += 1) history.add(null)
  expect(history.counts()).toEqual([])
  history.add(2)
  for (let minute = 0; minute < 60; minute += 1) history.add(null)
  expect(history.counts()).toEqual([])
})
