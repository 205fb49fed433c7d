import { existsSync } from 'node:fs'
import {
  parseInstanceName,
  parseJournalCursor,
  parseJournalLines,
  parseOverlayId,
  parseScriptName,
} from '@left4me/privileged'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { honestCalls, hostileCalls } from './sudo-arguments.ts'
import { allows, readSudoers } from './sudoers.ts'

const commands = readSudoers()

describe('sudoers', () => {
  test.each(honestCalls.map(call => [call] as const))('lets %j through', ([helper, ...words]) => {
    expect(allows(commands, helper, words)).toBe(true)
  })

  test.each(hostileCalls.map(call => [call] as const))('refuses %j', ([helper, ...words]) => {
    expect(allows(commands, helper, words)).toBe(false)
  })

  test('lets through the rest of the helpers alone, each of which exists', () => {
    for (const { program } of commands) {
      expect(program).toMatch(/^\/usr\/local\/libexec\/left4me\/left4me-[a-z-]+$/)
      const name = program.replace('/usr/local/libexec/left4me/', '')
      expect(existsSync(new URL(`../scripts/libexec/${name}`, import.meta.url))).toBe(true)
    }
  })

  test('knows no repetition beyond 255, which visudo accepts and which matches nothing', () => {
    const counts = commands.flatMap(({ pattern }) =>
      [...pattern.source.matchAll(/\{\d+,(\d+)\}/g)].map(([, count]) => Number(count)),
    )
    expect(Math.max(...counts)).toBeLessThanOrEqual(255)
  })

  // The two have to agree: what sudo refuses reaches no check, and what it lets through is no safer than the check.
  test('agrees with the checks of the helpers about every name, id, count and cursor', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(...'ab09-_.=;/A \n\0$'),
      maxLength: 70,
    })
    const hexadecimal = fc.string({ unit: fc.constantFrom(...'0af'), minLength: 0, maxLength: 34 })
    const cursor = fc
      .tuple(hexadecimal, hexadecimal, hexadecimal)
      .map(([file, boot, time]) => `s=${file};i=1;b=${boot};m=2;t=${time};x=3`)
    const id = fc.string({ unit: fc.constantFrom(...'019'), maxLength: 17 })
    const agree = (text: string) => {
      // A blank would be two words to sudo and to the helper one, which it then refuses.
      if (text.includes(' ')) return
      expect(allows(commands, 'left4me-systemctl', ['start', text])).toBe(parseInstanceName(text) !== null)
      expect(allows(commands, 'left4me-script-sandbox', ['1', text])).toBe(parseScriptName(text) !== null)
      expect(allows(commands, 'left4me-script-sandbox', ['cancel', text])).toBe(parseOverlayId(text) !== null)
      const after = ['7', '--lines', '1', '--after-cursor', text, '--follow']
      expect(allows(commands, 'left4me-journalctl', after)).toBe(parseJournalCursor(text) !== null)
      // sudo counts digits, the helper what they mean.
      if (parseJournalLines(text) !== null)
        expect(allows(commands, 'left4me-journalctl', ['7', '--lines', text, '--follow'])).toBe(true)
    }
    fc.assert(fc.property(fc.oneof(hostile, cursor, id), agree), { numRuns: 2000 })
  })
})
