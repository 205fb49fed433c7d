import { describe, expect, it } from 'vitest'
import { Freshness } from './freshness.ts'

describe('Freshness', () => {
  it('prefers an event that came after the request was sent', () => {
    const freshness = new Freshness()
    const mark = freshness.mark()
    freshness.heard('server/1', 'running')
    expect(freshness.newer('server/1', 'starting', mark)).toBe('running')
  })

  it('prefers the answer to an event from before the request', () => {
    const freshness = new Freshness()
    freshness.heard('server/1', 'starting')
    expect(freshness.newer('server/1', 'running', freshness.mark())).toBe('running')
  })

  it('knows what was deleted while a request was under way', () => {
    const freshness = new Freshness()
    const mark = freshness.mark()
    freshness.heard('server/1', null)
    expect(freshness.isGone('server/1', mark)).toBe(true)
    expect(freshness.isGone('server/1', freshness.mark())).toBe(false)
    expect(freshness.isGone('server/2', mark)).toBe(false)
  })
})
