import { describe, expect, it, test } from 'vitest'
import { HostError } from '../host-error.ts'
import { parseSpecification } from './specification.ts'

const specification = {
  instanceId: 3,
  port: 27017,
  arguments: ['+map', 'c1m1_hotel'],
  layers: [{ overlayId: 1, revision: 2 }],
}

describe('a specification', () => {
  it('is taken as it is, without members that it does not have', () => {
    expect(parseSpecification({ ...specification, extra: 1 })).toEqual(specification)
  })

  test.each([
    ['nothing', null],
    ['a list', []],
    ['a fraction as id', { ...specification, instanceId: 1.5 }],
    ['a text as port', { ...specification, port: '27015' }],
    ['a port that is too high', { ...specification, port: 65536 }],
    ['arguments that are one text', { ...specification, arguments: '+map' }],
    ['an argument with a line break', { ...specification, arguments: ['a\nb'] }],
    ['an argument that is too long', { ...specification, arguments: ['x'.repeat(2000)] }],
    ['500 layers', { ...specification, layers: Array.from({ length: 500 }, () => specification.layers[0]) }],
    ['a layer by path', { ...specification, layers: [{ overlayId: '../1', revision: 1 }] }],
  ])('is refused with %s', (_, value) => {
    expect(() => parseSpecification(value)).toThrow(HostError)
  })
})
