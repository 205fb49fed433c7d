import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { action } from '../items/action.ts'
import { Scratch } from '../testing/scratch.ts'
import { longSteps } from './long-steps.ts'
import type { Progress } from './run-options.ts'

describe('a step that takes long', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is named while it is at work, and not before or after', () => {
    const lines: string[] = []
    const { onProgress, stop } = longSteps({ print: line => lines.push(line) })
    onProgress({ kind: 'started', id: 'action:quick' })
    vi.advanceTimersByTime(9_000)
    onProgress({ kind: 'ended', id: 'action:quick', exitCode: 0, milliseconds: 9000 })
    vi.advanceTimersByTime(60_000)
    onProgress({ kind: 'started', id: 'action:slow' })
    vi.advanceTimersByTime(25_000)
    stop()
    vi.advanceTimersByTime(60_000)
    expect(lines).toEqual(['action:slow is at work for 10 s', 'action:slow is at work for 20 s'])
  })
})

describe('progress', () => {
  it('comes while the run goes on: the start of each step, then its end', async () => {
    using scratch = new Scratch()
    const seen: Progress['kind'][] = []
    await scratch.apply([action('a', { command: 'exit 3', unless: 'false' })], {
      onProgress: progress => seen.push(progress.kind),
    })
    expect(seen).toEqual(['started', 'ended'])
  })
})
