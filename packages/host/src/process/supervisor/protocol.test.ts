import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFromSupervisor, parseRequest } from './protocol.ts'

test('whatever else comes in is refused, never taken for a request', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(() => parseRequest(value)).toThrow()
      expect(() => parseFromSupervisor(value)).toThrow()
    }),
  )
})
