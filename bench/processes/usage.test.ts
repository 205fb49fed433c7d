import { expect, test } from 'vitest'
import { cpuSecondsOf, memoryOf } from './usage.ts'

test('reads what the kernel says of this process', () => {
  const { rss, pss } = memoryOf(process.pid)
  expect(pss).toBeGreaterThan(10_000_000)
  expect(rss).toBeGreaterThanOrEqual(pss)
})

test('counts processor time in seconds, as Node does', () => {
  const { user, system } = process.cpuUsage()
  const seconds = cpuSecondsOf(process.pid)
  // The kernel counts in hundredths, and goes on counting between the two readings.
  expect(seconds).toBeGreaterThan((user + system) / 1e6 - 0.1)
  expect(seconds).toBeLessThan((user + system) / 1e6 + 5)
})
