import { expect, it } from 'vitest'
import { parseInstanceName } from '../arguments/names.ts'
import { projectOf } from './server-quota.ts'

it('servers that are called by a number are projects of their own, and others none', () => {
  const project = (text: string) => {
    const name = parseInstanceName(text)
    return name ? projectOf(name) : undefined
  }
  expect(project('1')).toBe(1_000_000_001)
  expect(project('999999999')).toBe(1_999_999_999)
  for (const text of ['0', '01', '1a', 'my-server', '1000000000']) expect(project(text)).toBeNull()
})
