import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { LineSplitter, plainText } from '../../process/log/line-splitter.ts'
import { linesOf } from './entry-lines.ts'
import { type JournalEntry, parseJournalEntry } from './journal-entry.ts'

async function recorded(name: string): Promise<Buffer> {
  return await readFile(new URL(`./testing/${name}`, import.meta.url))
}

function linesOfAll(entries: readonly JournalEntry[]): string[] {
  let overlong: string | null = null
  return entries.flatMap(entry => {
    const lines = linesOf(entry, overlong)
    overlong = lines.overlong
    return lines.texts
  })
}

function entry(bytes: Buffer, goesOn = false, stream = 'a'): JournalEntry {
  const position = {
    cursor: '',
    file: '',
    number: 1,
    boot: '',
    monotonic: 1,
    time: 1,
  }
  return { position, time: 1, message: bytes, stream, goesOn }
}

describe('the lines of journal entries', () => {
  it('are those that the process driver cuts out of the same bytes, but for empty ones and blanks at the end', async () => {
    const rows = (await recorded('console.jsonl')).toString('utf8').trimEnd().split('\n')
    const entries = rows.map(parseJournalEntry)
    expect(entries).not.toContain(null)
    const splitter = new LineSplitter()
    const direct = splitter.push(await recorded('console.out'))
    const last = splitter.finish()
    const wanted = [...direct, last ?? ''].map(plainText)

    const found = linesOfAll(entries.filter(each => each !== null))
    const comparable = (lines: string[]) => lines.map(line => line.trimEnd()).filter(line => line !== '')
    expect(comparable(found)).toEqual(comparable(wanted))
    expect(found).toContain('red and text')
    expect(found).toContain('<3>not a priority')
    expect(found.filter(line => line.endsWith(' […]'))).toHaveLength(4)
  })

  test('are the same when journald cuts a line in pieces as when it does not, for pieces longer than what is kept', () => {
    const byte = fc.constantFrom(...Buffer.from('ab é\r\t\u001b[31m'))
    const length = fc.integer({ min: 0, max: 20_000 })
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 30 }), length, (some, size) => {
        const bytes = Buffer.alloc(Math.max(size, some.length), 'x')
        Buffer.from(some).copy(bytes, Math.floor((bytes.length - some.length) / 3))
        const pieces: JournalEntry[] = []
        for (let at = 0; at < bytes.length; at += 8192)
          pieces.push(entry(bytes.subarray(at, at + 8192), at + 8192 < bytes.length))
        // A line that begins in the last 4096 bytes of a piece is two to us.
        fc.pre(!pieces.some(({ message, goesOn }) => goesOn && endsWithYoungLine(message as Buffer)))
        expect(linesOfAll(pieces)).toEqual(linesOfAll([entry(bytes)]))
      }),
      { numRuns: 300 },
    )
  })

  it('pass over what follows of a line that was too long, but not the next run of the program', () => {
    const piece = entry(Buffer.alloc(8192, 'x'), true)
    const cut = `${'x'.repeat(4096)} […]`
    expect(linesOfAll([piece, piece, entry(Buffer.from('end')), entry(Buffer.from('next'))])).toEqual([
      cut,
      'next',
    ])
    expect(linesOfAll([piece, entry(Buffer.from('other run'), false, 'b')])).toEqual([cut, 'other run'])
  })

  it('say where the journal gives no text', () => {
    expect(linesOfAll([{ ...entry(Buffer.alloc(0)), message: null }])).toEqual([
      'left4me: the journal does not give this line.',
    ])
  })
})

function endsWithYoungLine(piece: Buffer): boolean {
  const lastReturn = piece.lastIndexOf(0x0d)
  return lastReturn >= 0 && piece.length - lastReturn <= 4097
}

describe('rows of journalctl', () => {
  const row = (fields: object) =>
    JSON.stringify({
      __CURSOR:
        's=9b0e04dc970c4629aa4ee6da46d31474;i=4;b=8593f17c89204e31a4dd80f899828199;m=2f4f6baf9;t=660e67edb9e58;x=e0891da2f94f01b1',
      ...fields,
    })

  it('give their text, time and place', () => {
    expect(parseJournalEntry(row({ MESSAGE: 'plain', _STREAM_ID: 'a' }))).toMatchObject({
      message: 'plain',
      stream: 'a',
      goesOn: false,
      time: 1795392947330,
      position: { number: 4, boot: '8593f17c89204e31a4dd80f899828199' },
    })
    expect(parseJournalEntry(row({ MESSAGE: [255, 0], _LINE_BREAK: 'line-max' }))).toMatchObject({
      message: Buffer.from([255, 0]),
      goesOn: true,
    })
  })

  it.each([[null], [7], [{ a: 1 }], [[256]], [[-1]], [['x']], [undefined]])(
    'without a text that is one are entries all the same: %j',
    message => {
      expect(parseJournalEntry(row({ MESSAGE: message }))).toMatchObject({ message: null })
    },
  )

  it.each(['', 'Journal file corrupted', '{', '[]', 'null', '{"MESSAGE":"x"}', '{"__CURSOR":"s=1"}'])(
    'that are none are passed over: %j',
    text => {
      expect(parseJournalEntry(text)).toBeNull()
    },
  )
})
