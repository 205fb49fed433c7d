import { startSimulatedServer } from '@left4me/simulator'
import { expect, test } from 'vitest'
import { firstInfoAnswer } from './a2s-probe.ts'

const never = new AbortController().signal

test.each(['once', 'none', 'twice'] as const)('notices a server that challenges: %s', async challenge => {
  await using server = await startSimulatedServer({ switches: { 'a2s-challenge': challenge } })
  const before = performance.now()
  const at = await firstInfoAnswer(server.port, { intervalMs: 20, timeoutMs: 20_000, signal: never })
  expect(at).toBeGreaterThan(before)
  expect(at).toBeLessThanOrEqual(performance.now())
})

test('takes nothing but an answer for an answer', async () => {
  await using server = await startSimulatedServer({ switches: { 'a2s-challenge': 'always' } })
  await expect(
    firstInfoAnswer(server.port, { intervalMs: 50, timeoutMs: 300, signal: never }),
  ).rejects.toThrow(/nothing answered/)
})

test('ends when it is interrupted', async () => {
  await using server = await startSimulatedServer({ switches: { 'a2s-silent': true } })
  const signal = AbortSignal.timeout(50)
  await expect(
    firstInfoAnswer(server.port, { intervalMs: 20, timeoutMs: 60_000, signal }),
  ).rejects.toMatchObject({
    name: 'TimeoutError',
  })
})
