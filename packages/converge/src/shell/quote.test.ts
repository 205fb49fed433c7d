import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { command, quote } from './quote.ts'
import { RecordReader } from './records.ts'

const text = fc
  .string({ unit: 'binary' })
  .filter(value => !value.includes('\0') && Buffer.from(value).toString() === value)

describe('quoting', () => {
  it('gives a real shell back exactly what it was given, whatever that is', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), words => {
        const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${command(words)}`]).toString()
        expect(printed.split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps what would do something apart from the shell', () => {
    for (const hostile of [
      "'; touch /tmp/x; '",
      '$(id)',
      '`id`',
      '~',
      '-n',
      '',
      'a\nb',
      '\\',
      "'",
      '*',
      '!x',
      '#',
      '=ls',
    ])
      expect(execFileSync('sh', ['-c', `printf %s ${quote(hostile)}x`]).toString()).toBe(`${hostile}x`)
    expect(() => quote('a\0b')).toThrow('NUL')
  })
})

describe('records', () => {
  it('are the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(text, { minLength: 1, maxLength: 5 }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 7 }),
        (records, size) => {
          const bytes = Buffer.from(records.map(fields => [fields.length, ...fields, ''].join('\0')).join(''))
          const reader = new RecordReader()
          const found: string[][] = []
          for (let at = 0; at < bytes.length; at += size)
            found.push(...reader.read(bytes.subarray(at, at + size)))
          expect(found).toEqual(records)
        },
      ),
    )
  })

  it('say so when something else was printed', () => {
    expect(() => new RecordReader().read(Buffer.from('Welcome!\0'))).toThrow('Welcome!')
  })
})
