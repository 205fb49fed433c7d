import { expect, it } from 'vitest'
import { printable } from './printable.ts'

it('leaves ordinary text as it is', () => {
  expect(printable('Zoë “the Horde” 感染者 🧟')).toBe('Zoë “the Horde” 感染者 🧟')
})

it('takes away what a terminal would obey', () => {
  expect(printable('\u001b]0;title\u0007\u009b31m')).toBe('\u{fffd}]0;title\u{fffd}\u{fffd}31m')
})

it('takes away what would reverse the text around it', () => {
  expect(printable('\u202egnp.exe')).toBe('\u{fffd}gnp.exe')
})

it('keeps line breaks only where lines are wanted', () => {
  expect(printable('a\nb')).toBe('a\u{fffd}b')
  expect(printable('a\nb\r\tc', { lines: true })).toBe('a\nb\u{fffd}\tc')
})
