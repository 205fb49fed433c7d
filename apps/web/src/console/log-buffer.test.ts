import type { LogLine } from '@left4me/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogBuffer, type LogEntry } from './log-buffer.ts'

const line = (sequence: number, run = 0): LogLine => ({
  sequence,
  time: new Date(Date.UTC(2026, 0, 1 + run) + sequence * 1000).toISOString(),
  text: `line ${sequence}`,
})
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index))
const shown = (entries: readonly LogEntry[]) =>
  entries.map(entry =>
    entry.type === 'gap' ? `gap of ${entry.missing}` : entry.type === 'line' ? entry.sequence : entry.text,
  )

describe('LogBuffer', () => {
  it('keeps lines in the order of their sequence, however they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }), { maxLength: 12 }),
        batches => {
          const buffer = new LogBuffer()
          for (const batch of batches) buffer.add(batch.map(sequence => line(sequence)))
          const sequences = buffer.entries.flatMap(entry => (entry.type === 'line' ? [entry.sequence] : []))
          expect(sequences).toEqual([...new Set(batches.flat())].sort((a, b) => a - b))
        },
      ),
    )
  })

  it('has a key for each entry that no other has, after any batches', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 9 }), { maxLength: 9 }),
        batches => {
          const buffer = new LogBuffer()
          for (const batch of batches) {
            buffer.add(batch.map(sequence => line(sequence)))
            buffer.note('command', 'status', new Date())
          }
          expect(new Set(buffer.entries.map(entry => entry.key)).size).toBe(buffer.entries.length)
        },
      ),
    )
  })

  it('changes nothing and tells nobody when a stream repeats what is there', () => {
    const buffer = new LogBuffer()
    buffer.add(lines(1, 5))
    const before = buffer.entries
    let told = 0
    buffer.subscribe(() => {
      told += 1
    })
    buffer.add(lines(2, 5))
    expect(buffer.entries).toBe(before)
    expect(told).toBe(0)
    buffer.add(lines(2, 6))
    expect(told).toBe(1)
  })

  it('marks where lines are missing, and no longer once they are there', () => {
    const buffer = new LogBuffer()
    buffer.add(lines(1, 2))
    buffer.add(lines(6, 7))
    expect(shown(buffer.entries)).toEqual([1, 2, 'gap of 3', 6, 7])
    buffer.add(lines(3, 4))
    expect(shown(buffer.entries)).toEqual([1, 2, 3, 4, 'gap of 1', 6, 7])
    buffer.add(lines(5, 5))
    expect(shown(buffer.entries)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('does not call it a gap that its first line is not the first of the log', () => {
    const buffer = new LogBuffer()
    buffer.add(lines(900, 901))
    expect(shown(buffer.entries)).toEqual([900, 901])
  })

  it('keeps what was typed between the lines that it stood between', () => {
    const buffer = new LogBuffer()
    buffer.add(lines(10, 11))
    buffer.note('command', 'status', new Date())
    buffer.note('output', 'hostname: x', new Date())
    buffer.add(lines(12, 12))
    buffer.add(lines(8, 9))
    expect(shown(buffer.entries)).toEqual([8, 9, 10, 11, 'status', 'hostname: x', 12])
  })

  it('drops the oldest beyond its capacity', () => {
    const buffer = new LogBuffer(100)
    buffer.add(lines(1, 90))
    buffer.add(lines(91, 250))
    expect(buffer.entries).toHaveLength(100)
    expect(shown(buffer.entries)[0]).toBe(151)
    expect(buffer.last).toBe(250)
  })

  it('begins anew when a number comes back for another line, because the log was begun anew', () => {
    const buffer = new LogBuffer()
    buffer.add(lines(1, 5))
    buffer.add([line(1, 1), line(2, 1)])
    expect(shown(buffer.entries)).toEqual([1, 2])
    expect(buffer.entries[0]).toMatchObject({ time: line(1, 1).time })
  })
})
