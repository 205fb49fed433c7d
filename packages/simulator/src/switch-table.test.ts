import { describe, expect, it } from 'vitest'
import { describeSwitches, initialSwitches, setSwitch, takeSwitches } from './switch-table.ts'

const table = {
  loud: { kind: 'flag', initial: false, help: 'Makes it loud.' },
  count: { kind: 'number', initial: 3, help: 'How many.' },
  colour: { kind: 'text', initial: 'red', choices: ['red', 'blue'], help: 'Which.' },
} as const

describe('the simulator switches', () => {
  it('are taken out of a command line, which stays as it was otherwise', () => {
    const { values, remaining } = takeSwitches(table, [
      '-game',
      'left4dead2',
      '-simulate-loud',
      '+map',
      '-simulate-count',
      '-7',
      'c1m1_hotel',
      '-simulate-colour',
      'blue',
    ])
    expect(values).toEqual({ loud: true, count: -7, colour: 'blue' })
    expect(remaining).toEqual(['-game', 'left4dead2', '+map', 'c1m1_hotel'])
  })

  it('have their initial values when nothing is given', () => {
    expect(takeSwitches(table, []).values).toEqual({ loud: false, count: 3, colour: 'red' })
  })

  it.each([
    [['-simulate-unknown'], 'there is no switch -simulate-unknown'],
    [['-simulate-__proto__'], 'there is no switch -simulate-__proto__'],
    [['-simulate-count'], '-simulate-count needs a value'],
    [['-simulate-count', 'many'], '-simulate-count needs a number, not “many”'],
    [['-simulate-count', ''], '-simulate-count needs a number, not “”'],
    [['-simulate-colour', 'green'], '-simulate-colour can be red, blue; not “green”'],
  ])('refuse %j by name', (commandLine, message) => {
    expect(() => takeSwitches(table, commandLine)).toThrow(message)
  })

  it('can be changed one by one, a flag also back', () => {
    const values = initialSwitches(table)
    setSwitch(table, values, 'loud', undefined)
    expect(values.loud).toBe(true)
    setSwitch(table, values, 'loud', '0')
    expect(values.loud).toBe(false)
  })

  it('are described with choices and initial values', () => {
    expect(describeSwitches(table)).toBe(
      [
        '  -simulate-loud\n      Makes it loud.',
        '  -simulate-count N\n      How many. Default 3.',
        '  -simulate-colour TEXT\n      Which. One of: red, blue. Default red.',
      ].join('\n'),
    )
  })
})
