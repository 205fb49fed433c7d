import type { ServerUsage } from '@left4me/contract'
import { expect, test } from 'vitest'
import { usageTroubles } from './usage-troubles.ts'

const well: ServerUsage = {
  observedAt: '2026-01-02T03:04:05Z',
  cpu: 0.3,
  cpuHistory: [0.3],
  memory: { used: 500e6, high: 1500e6, limit: 2000e6 },
  processes: { count: 5, limit: 256 },
  throttled: 0,
  read: 0,
  written: 1000,
  pressure: { cpu: 0.01, memory: 0, io: 0 },
}

test('a server that is well has none', () => {
  expect(usageTroubles(well)).toEqual([])
})

test('what the host does not tell is none', () => {
  const memory = { used: 5e9, high: null, limit: null }
  expect(usageTroubles({ ...well, throttled: null, pressure: null, memory })).toEqual([])
})

test.each<[string, Partial<ServerUsage>, RegExp]>([
  ['a quota that is used up', { throttled: 0.12 }, /quota keeps it from running 12 %/],
  ['memory near its bound', { memory: { used: 1490e6, high: 1500e6, limit: 2000e6 } }, /near the memory/],
  ['a wait for cores', { pressure: { cpu: 0.4, memory: 0, io: 0 } }, /waits for a core 40 %/],
  ['a wait for memory', { pressure: { cpu: 0, memory: 0.3, io: 0 } }, /waits for memory 30 %/],
  ['a wait for the disk', { pressure: { cpu: 0, memory: 0, io: 0.5 } }, /waits for the disk 50 %/],
])('%s is told in a sentence', (_, change, sentence) => {
  expect(usageTroubles({ ...well, ...change })).toEqual([expect.stringMatching(sentence)])
})
