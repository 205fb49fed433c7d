import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'

const parts = ['inside', 'container', 'machine'] as const

describe('the options of a suite', () => {
  it('are all parts and no filter when nothing is said', () => {
    expect(parseOptions(parts, [])).toEqual({
      parts: ['inside', 'container', 'machine'],
      controls: false,
      filters: [],
    })
  })

  it('name parts, in whatever order, and files', () => {
    expect(parseOptions(parts, ['--only', 'machine', '--only=inside', '--controls', 'lifecycle'])).toEqual({
      parts: ['inside', 'machine'],
      controls: true,
      filters: ['lifecycle'],
    })
  })

  it('are refused when they name what is not there', () => {
    expect(parseOptions(parts, ['--only', 'cluster'])).toBeNull()
    expect(parseOptions(parts, ['--onyl', 'machine'])).toBeNull()
    expect(parseOptions(parts, ['--only'])).toBeNull()
  })
})
