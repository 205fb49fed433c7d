import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { Checkpoints } from './checkpoints.ts'
import type { JournalEntry } from './journal-entry.ts'
import type { JournalPosition } from './journal-position.ts'
import { LineNumbering } from './line-numbering.ts'

const file = '9b0e04dc970c4629aa4ee6da46d31474'
const boot = '8593f17c89204e31a4dd80f899828199'

function positionOf(number: number, ofFile = file): JournalPosition {
  const time = Date.now() * 1000 + 10_000_000 + number
  const hexadecimal = (value: number) => value.toString(16)
  const cursor = `s=${ofFile};i=${hexadecimal(number)};b=${boot};m=${hexadecimal(number)};t=${hexadecimal(time)};x=1`
  return { cursor, file: ofFile, number, boot, monotonic: number, time }
}

function entryOf(number: number, texts: readonly string[]): JournalEntry {
  return {
    position: positionOf(number),
    time: number,
    message: Buffer.from(texts.join('\r')),
    stream: 'a',
    goesOn: false,
  }
}

let root: string
let folder: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'left4me-log-'))
  folder = join(root, 'log')
})
afterEach(() => rm(root, { recursive: true }))

type Step =
  | { readonly kind: 'print'; readonly entries: readonly number[] }
  | { readonly kind: 'vacuum'; readonly share: number }
  | { readonly kind: 'read'; readonly back: number; readonly chunk: number; readonly writtenDown: boolean }
  | { readonly kind: 'crash' }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('print' as const),
    // Lines of each entry.
    entries: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 12 }),
  }),
  fc.record({ kind: fc.constant('vacuum' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constant('read' as const),
    back: fc.nat(20),
    chunk: fc.integer({ min: 1, max: 6 }),
    writtenDown: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('crash' as const) }),
)

/**
 * Whoever reads what from where, with `kill -9` and with journald deleting in between. `given`: every number that was
 * seen, with its line.
 */
async function play(steps: readonly Step[]): Promise<{ given: Map<number, string>; printed: string[] }> {
  await rm(folder, { recursive: true, force: true })
  let checkpoints = await Checkpoints.begin(folder)
  let journal: JournalEntry[] = []
  const printed: string[] = []
  const given = new Map<number, string>()
  let number = 0
  for (const each of steps) {
    if (each.kind === 'print') {
      for (const lines of each.entries) {
        number += 1
        const texts = Array.from({ length: lines }, (_, index) => `${number}.${index}`)
        printed.push(...texts)
        journal.push(entryOf(number, texts))
      }
    } else if (each.kind === 'vacuum') {
      journal = journal.slice(Math.floor(each.share * journal.length))
    } else if (each.kind === 'crash') {
      checkpoints = (await Checkpoints.open(folder)) ?? expect.fail('the file is there')
    } else {
      const start = checkpoints.before(checkpoints.newest.sequence - each.back)
      const numbering = new LineNumbering(checkpoints, start)
      let last = 0
      for (let at = 0; at < journal.length; at += each.chunk) {
        const lines = numbering.push(journal.slice(at, at + each.chunk))
        await checkpoints.keepUp(numbering.checkpoint)
        for (const { text, sequence } of lines) {
          expect(sequence).toBeGreaterThan(last)
          last = sequence
          expect(given.get(sequence) ?? text, `line ${sequence}`).toBe(text)
          given.set(sequence, text)
        }
      }
      if (each.writtenDown && numbering.checkpoint) await checkpoints.add(numbering.checkpoint)
    }
  }
  return { given, printed }
}

describe('the numbers of lines', () => {
  test('are each of one line alone, and grow for every reader, whatever is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 40 }), async steps => {
        await play(steps)
      }),
      { numRuns: 400 },
    )
  })

  test('are the same for every reader, by one more a line, from 1 on, as long as nothing is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 40 }), async steps => {
        const { given, printed } = await play(steps.filter(({ kind }) => kind !== 'vacuum'))
        for (const [sequence, text] of given) expect(text).toBe(printed[sequence - 1])
      }),
      { numRuns: 100 },
    )
  })

  it('are right behind a checkpoint although the entries before it are gone', async () => {
    const checkpoints = await Checkpoints.begin(folder)
    const first = new LineNumbering(checkpoints, checkpoints.newest)
    first.push(Array.from({ length: 10 }, (_, index) => entryOf(index + 1, ['x'])))
    await checkpoints.add(first.checkpoint ?? expect.fail('it is known'))
    const again = new LineNumbering(checkpoints, checkpoints.before(0))
    const left = [8, 9, 10, 11].map(number => entryOf(number, ['x']))
    expect(again.push(left).map(({ sequence }) => sequence)).toEqual([8, 9, 10, 11])
  })

  it('go on further up where the newest checkpoint’s entry is gone too, the same for whoever reads next', async () => {
    const checkpoints = await Checkpoints.begin(folder)
    for (const number of [2, 4])
      await checkpoints.add({ sequence: number, position: positionOf(number), overlong: null })
    const numbersOf = (entries: JournalEntry[]) =>
      new LineNumbering(checkpoints, checkpoints.before(4)).push(entries).map(({ sequence }) => sequence)
    expect(numbersOf([3, 4, 5].map(number => entryOf(number, ['x'])))).toEqual([3, 4, 5])
    const left = [entryOf(7, ['x']), entryOf(8, ['x'])]
    expect(numbersOf(left)).toEqual([1005, 1006])
    expect(numbersOf(left)).toEqual([1005, 1006])
  })

  it('are not begun anew by a journal that is', async () => {
    const checkpoints = await Checkpoints.begin(folder)
    const numbering = new LineNumbering(checkpoints, checkpoints.newest)
    numbering.push([entryOf(5, ['x'])])
    await checkpoints.add(numbering.checkpoint ?? expect.fail('it is known'))
    const other = { ...entryOf(1, ['x']), position: { ...positionOf(1, 'f'.repeat(32)), monotonic: 99 } }
    expect(numbering.push([other]).map(({ sequence }) => sequence)).toEqual([2])
    expect(numbering.push([other])).toEqual([])
  })
})

describe('the file of checkpoints', () => {
  const path = () => join(folder, 'checkpoints')

  async function filled(count: number): Promise<Checkpoints> {
    const checkpoints = await Checkpoints.begin(folder)
    for (let index = 1; index <= count; index++)
      await checkpoints.add({ sequence: index * 10, position: positionOf(index), overlong: null })
    return checkpoints
  }

  it('is read again as it was written', async () => {
    const checkpoints = await filled(3)
    await checkpoints.add({ sequence: 31, position: positionOf(4), overlong: 'abcdef01' })
    const again = await Checkpoints.open(folder)
    expect(again?.newest).toEqual(checkpoints.newest)
    expect(again?.before(25)).toEqual(checkpoints.before(25))
    expect(again?.before(25)?.sequence).toBe(10)
    expect(again?.after(positionOf(2))?.sequence).toBe(30)
  })

  it('is not there before the log begins', async () => {
    expect(await Checkpoints.open(folder)).toBeNull()
  })

  it('stays small, with the newest records and some of the older ones', async () => {
    const checkpoints = await filled(1000)
    expect((await readFile(path(), 'utf8')).split('\n').length).toBeLessThan(400)
    expect(checkpoints.newest.sequence).toBe(10_000)
    expect(checkpoints.before(10_000).sequence).toBe(9990)
    expect(checkpoints.before(5000).sequence).toBeGreaterThan(2000)
    expect((await Checkpoints.open(folder))?.newest).toEqual(checkpoints.newest)
  })

  test('with damage anywhere keeps its sound records, and is sound after the next one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255), async (place, value) => {
        await rm(folder, { recursive: true, force: true })
        await filled(8)
        const bytes = await readFile(path())
        bytes[Math.floor(place * bytes.length)] = value
        await writeFile(path(), bytes)
        const damaged = (await Checkpoints.open(folder)) ?? expect.fail('the file is there')
        const sequences = [0, 10, 20, 30, 40, 50, 60, 70, 80]
        expect(sequences).toContain(damaged.newest.sequence)
        expect(damaged.newest.sequence).toBeGreaterThanOrEqual(60)
        await damaged.add({ sequence: 90, position: positionOf(9), overlong: null })
        expect((await Checkpoints.open(folder))?.newest.sequence).toBe(90)
      }),
      { numRuns: 100 },
    )
  })

  it('that a crash has cut loses its last record alone', async () => {
    await filled(3)
    await appendFile(path(), '40 s=9b0e04dc970c4629a')
    const cut = (await Checkpoints.open(folder)) ?? expect.fail('the file is there')
    expect(cut.newest.sequence).toBe(30)
    await cut.add({ sequence: 50, position: positionOf(5), overlong: null })
    expect((await Checkpoints.open(folder))?.newest.sequence).toBe(50)
  })

  it.each(['', 'nothing of ours\n', '\u0000'.repeat(4096)])(
    'of which nothing is left begins above every number that was ever given: %j',
    async content => {
      await filled(3)
      await writeFile(path(), content)
      const begun = (await Checkpoints.open(folder)) ?? expect.fail('the file is there')
      expect(begun.newest.sequence).toBeGreaterThan(1.7e12)
      const numbering = new LineNumbering(begun, begun.newest)
      const next = { ...entryOf(4, ['x']), position: positionOf(1) }
      expect(numbering.push([next])[0]?.sequence).toBe(begun.newest.sequence + 1)
      expect((await Checkpoints.open(folder))?.newest).toEqual(begun.newest)
    },
  )

  it('that can not be written holds nobody up, and is whole when it can be again', async () => {
    const checkpoints = await filled(1)
    await rm(folder, { recursive: true })
    await writeFile(folder, 'a file where the folder belongs does what a full disk does')
    await checkpoints.add({ sequence: 20, position: positionOf(2), overlong: null })
    expect(checkpoints.newest.sequence).toBe(20)
    await rm(folder)
    await checkpoints.add({ sequence: 30, position: positionOf(3), overlong: null })
    const again = await Checkpoints.open(folder)
    expect(again?.newest.sequence).toBe(30)
    expect(again?.before(25)?.sequence).toBe(10)
  })

  it('is gone after it was removed, also when something was still to be written', async () => {
    const checkpoints = await filled(1)
    const adding = checkpoints.add({ sequence: 20, position: positionOf(2), overlong: null })
    await checkpoints.remove()
    await adding
    await checkpoints.add({ sequence: 30, position: positionOf(3), overlong: null })
    expect(await Checkpoints.open(folder)).toBeNull()
  })
})
