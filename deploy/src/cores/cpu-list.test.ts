import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatCpuList, parseCpuList } from './cpu-list.ts'

describe('lists of cores', () => {
  test('are read as the kernel and systemd write them', () => {
    expect(parseCpuList('0')).toEqual([0])
    expect(parseCpuList('0-2,4\n')).toEqual([0, 1, 2, 4])
    expect(parseCpuList('4 0-1')).toEqual([0, 1, 4])
  })

  test('come back whatever their order and repetitions', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 8191 }), { minLength: 1 }), numbers => {
        const sorted = [...new Set(numbers)].sort((a, b) => a - b)
        expect(parseCpuList(formatCpuList(numbers))).toEqual(sorted)
      }),
    )
  })

  test('are as short as they can be', () => {
    expect(formatCpuList([7, 0, 1, 2, 5, 6])).toBe('0-2,5-7')
  })

  test.each(['', ' ', ',', '0,', '3-1', '-1', '0-', '1.5', '0x1', '0-99999', 'all', '0\0', '٣'])(
    'are refused when they are none: %j',
    text => {
      expect(() => parseCpuList(text)).toThrow(expect.objectContaining({ code: 'unreadable-facts' }))
    },
  )

  test('of any text are either read or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-, \n') }), text => {
        try {
          expect(parseCpuList(text).length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toMatchObject({ code: 'unreadable-facts' })
        }
      }),
    )
  })
})
