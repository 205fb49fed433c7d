import { describe, expect, it } from 'vitest'
import { describeWith, whyMissing } from './capability.ts'
import { findProgram } from './find-program.ts'

describe('capabilities of the machine', () => {
  it('finds a program by its name on PATH and says null for one that is not there', () => {
    expect(findProgram('sh')).toMatch(/^\/.*\/sh$/)
    expect(findProgram('left4me-no-such-program')).toBeNull()
  })

  it('gives the same answer when it is asked twice', () => {
    expect(whyMissing('overlayfs')).toBe(whyMissing('overlayfs'))
  })

  it('says root is missing exactly when the tests do not run as root', () => {
    expect(whyMissing('root') === null).toBe(process.getuid?.() === 0)
  })
})

describeWith([], 'a suite that needs nothing', () => {
  it('runs', () => {
    using disposed = { value: false, [Symbol.dispose]() {} }
    expect(disposed.value).toBe(false)
  })
})
