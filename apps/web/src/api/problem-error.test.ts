import { describe, expect, it } from 'vitest'
import { isProblem, ProblemError } from './problem-error.ts'

const error = new ProblemError({
  code: 'invalid-input',
  status: 400,
  title: 'Invalid input',
  detail: 'Some of the input can’t be used.',
  errors: [
    { path: '/port', message: 'must be ≥ 1024' },
    { path: '/config/3', message: 'sets rcon_password' },
    { path: '/config/7', message: 'is too long' },
    { path: '/overlayIds/0', message: 'is gone' },
    { path: '', message: 'has an unknown member' },
  ],
})

describe('ProblemError', () => {
  it('gives each field its first error, also that of a member of it', () => {
    expect(error.fieldErrors(['port', 'config', 'name'])).toEqual({
      port: 'must be ≥ 1024',
      config: 'sets rcon_password',
    })
  })

  it('gives the rest too, so that nothing is swallowed', () => {
    expect(error.otherErrors(['port', 'config', 'name'])).toEqual([
      '/overlayIds/0: is gone',
      'has an unknown member',
    ])
  })

  it('is told from other errors by its code', () => {
    expect(isProblem(error)).toBe(true)
    expect(isProblem(error, 'invalid-input', 'not-found')).toBe(true)
    expect(isProblem(error, 'not-found')).toBe(false)
    expect(isProblem(new Error('x'))).toBe(false)
  })
})
