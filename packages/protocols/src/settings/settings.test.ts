import { describe, expect, test } from 'vitest'
import { readCvarTable } from './cvar.ts'
import { cvars } from './cvars.ts'
import { launchArguments } from './launch-arguments.ts'

describe('the table of cvars', () => {
  test('has each name once, in order, with one sentence', () => {
    const names = cvars.map(cvar => cvar.name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(names.toSorted())
    expect(names.length).toBeGreaterThan(200)
    expect(cvars.filter(cvar => !/^[^|]{10,220}\.$/.test(cvar.description))).toEqual([])
  })

  test('has defaults that fit their own type and range', () => {
    const wrong = cvars.filter(({ type, default: initial, minimum, maximum }) => {
      if (initial === null || type === 'text') return false
      const value = Number(initial)
      return (
        initial === '' ||
        !Number.isFinite(value) ||
        (type !== 'decimal' && !Number.isInteger(value)) ||
        (minimum !== null && value < minimum) ||
        (maximum !== null && value > maximum)
      )
    })
    expect(wrong).toEqual([])
  })

  test('tells cheat cvars from others', () => {
    const named = (name: string) => cvars.find(cvar => cvar.name === name)
    expect(named('z_common_limit')).toMatchObject({ type: 'integer', default: '30', cheat: true })
    expect(named('sv_alltalk')).toMatchObject({ type: 'boolean', minimum: 0, maximum: 1, cheat: false })
    expect(named('nb_update_framelimit')).toMatchObject({ default: null, cheat: true })
  })

  test.each([
    'sv_x|x|0|||Text.',
    'sv_x|b|0||z|Text.',
    'sv_x|b|0|1-2||Text.',
    'sv_x|b|0|||',
    'sv_x|b|0|||A.|B.',
  ])('refuses the row %j', row => {
    expect(() => readCvarTable(row)).toThrow(row)
  })
})

test('launch arguments have each name once, and the reserved ones are marked', () => {
  const names = launchArguments.map(argument => argument.name)
  expect(new Set(names).size).toBe(names.length)
  expect(launchArguments.find(({ name }) => name === '-port')?.reserved).toBe(true)
  expect(launchArguments.find(({ name }) => name === '-tickrate')).toMatchObject({
    value: 'number',
    reserved: false,
  })
})
