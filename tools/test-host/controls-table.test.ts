import { describe, expect, it } from 'vitest'
import { controlsTable } from './controls-table.ts'

const result = (attempt: string, guarded: boolean, outcome: string) =>
  JSON.stringify({
    attempt,
    guard: 'SocketBindDeny=any',
    bed: 'machine',
    guarded,
    expected: guarded ? 'refused' : 'succeeded',
    outcome,
  })

describe('the table of controls', () => {
  it('has a line for each probe with what it came to with its guard and without', () => {
    const text = [
      result('binds a port', false, 'succeeded'),
      result('binds a port', true, 'refused'),
      result('binds another port', true, 'succeeded'),
    ].join('\n')
    expect(controlsTable(`${text}\n`)).toBe(
      `attempt             guard               bed      with guard         without
binds a port        SocketBindDeny=any  machine  refused            succeeded
binds another port  SocketBindDeny=any  machine  succeeded (WRONG)  not run`,
    )
  })
})
