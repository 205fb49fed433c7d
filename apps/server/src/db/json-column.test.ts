import { describe, expect, test } from 'vitest'
import { type CorruptRowError, isListOfText, parseJsonColumn, readableRows } from './json-column.ts'

const cell = { table: 'servers', id: 3, column: 'arguments' } as const

describe('parseJsonColumn', () => {
  test('gives the value of a sound column', () => {
    expect(parseJsonColumn(cell, '["+map","c1m1_hotel"]', isListOfText)).toEqual(['+map', 'c1m1_hotel'])
  })

  test.each([
    ['cut off', '["+map"', 'Row 3 of servers is damaged: arguments is not JSON.'],
    [
      'of another shape',
      '{"0":1}',
      'Row 3 of servers is damaged: arguments has a shape that left4me never writes.',
    ],
    [
      'with a number in it',
      '[1]',
      'Row 3 of servers is damaged: arguments has a shape that left4me never writes.',
    ],
  ])('names table, row and column of one that is %s', (_, text, message) => {
    expect(() => parseJsonColumn(cell, text, isListOfText)).toThrow(
      expect.objectContaining({ name: 'CorruptRowError', code: 'corrupt-row', cell, message }),
    )
  })
})

describe('readableRows', () => {
  test('leaves damaged rows out and reports each of them', () => {
    const corrupt: CorruptRowError[] = []
    const items = readableRows(
      [
        { id: 1, arguments: '["a"]' },
        { id: 2, arguments: '[' },
        { id: 3, arguments: '["c"]' },
      ],
      row =>
        parseJsonColumn({ table: 'servers', id: row.id, column: 'arguments' }, row.arguments, isListOfText),
      error => corrupt.push(error),
    )
    expect(items).toEqual([['a'], ['c']])
    expect(corrupt.map(error => error.cell.id)).toEqual([2])
  })

  test('does not swallow other errors', () => {
    const read = () => {
      throw new TypeError('a bug')
    }
    expect(() => readableRows([1], read, () => {})).toThrow(TypeError)
  })
})
