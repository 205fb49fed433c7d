import { expect, test } from 'vitest'
import { checkedPolicy } from './update-policy.ts'

test('a policy that waits for a time needs one, and the others keep none', () => {
  expect(checkedPolicy({ mode: 'at-time', time: '04:30' })).toEqual({ mode: 'at-time', time: '04:30' })
  expect(checkedPolicy({ mode: 'never', time: '04:30' })).toEqual({ mode: 'never', time: null })
  expect(() => checkedPolicy({ mode: 'at-time', time: null })).toThrow('needs that time')
})
