import { describe, expect, it } from 'vitest'
import { nextPath } from './next-path.ts'

describe('nextPath', () => {
  it.each(['/servers/3/console?filter=x', '/', '/jobs#top', '/log-instructions'])('goes back to %s', path => {
    expect(nextPath(path)).toBe(path)
  })

  it.each([
    undefined,
    '',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/log-in?next=/',
    '/set-up#token',
  ])('goes to the servers instead of to %s', path => {
    expect(nextPath(path)).toBe('/')
  })
})
