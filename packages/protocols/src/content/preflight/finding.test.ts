import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { conflictCodes, conflictKinds } from '../conflicts/conflict.ts'
import { findingCodes, findingKinds } from './finding.ts'

/** Codes and severities out of the tables of the reference. */
function documented(): Map<string, string> {
  const page = new URL('../../../../../docs/reference/content.md', import.meta.url)
  const rows = readFileSync(page, 'utf8').matchAll(/^\| (`[^|]*`) \| (error|warning|note) \|/gm)
  return new Map(
    [...rows].flatMap(([, codes = '', severity = '']) =>
      [...codes.matchAll(/`([^`]+)`/g)].map(([, code = '']) => [code, severity] as const),
    ),
  )
}

test('the reference explains each kind of finding and conflict, with its severity, and no others', () => {
  const known = [
    ...findingCodes.map(code => [code, findingKinds[code][0]] as const),
    ...conflictCodes.map(code => [code, conflictKinds[code][0]] as const),
  ]
  expect(Object.fromEntries(documented())).toEqual(Object.fromEntries(known))
})
