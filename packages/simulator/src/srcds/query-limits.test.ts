import { describe, expect, it } from 'vitest'
import { CvarStore } from './cvar-store.ts'
import { QueryLimits } from './query-limits.ts'

function limits(settings: Readonly<Record<string, string>> = {}): QueryLimits {
  const cvars = new CvarStore()
  for (const [name, value] of Object.entries(settings)) {
    const cvar = cvars.find(name)
    if (cvar === undefined) throw new Error(`no cvar ${name}`)
    cvars.set(cvar, value)
  }
  return new QueryLimits(cvars)
}

const allowed = (of: QueryLimits, address: string, times: number, now: number): number =>
  Array.from({ length: times }, () => of.allows(address, now)).filter(Boolean).length

describe('the limits of queries', () => {
  it('are three a second of one address, averaged over thirty seconds', () => {
    const stock = limits()
    expect(allowed(stock, 'a', 200, 1000)).toBe(90)
    expect(allowed(stock, 'a', 200, 31_000)).toBe(0)
    expect(allowed(stock, 'a', 200, 31_001)).toBe(90)
  })

  it('are counted for each address, and what is refused is not taken from the others', () => {
    const stock = limits()
    expect(allowed(stock, 'a', 5000, 0)).toBe(90)
    expect(allowed(stock, 'b', 10, 0)).toBe(10)
  })

  it('are sixty a second altogether', () => {
    const stock = limits()
    const total = Array.from({ length: 30 }, (_, index) => allowed(stock, `a${index}`, 90, 0))
    expect(total.reduce((sum, count) => sum + count, 0)).toBe(1800)
  })

  it('follow their cvars', () => {
    expect(allowed(limits({ sv_max_queries_sec: '10', sv_max_queries_window: '5' }), 'a', 100, 0)).toBe(50)
  })

  it('keep a bounded number of addresses', () => {
    const wide = limits({ sv_max_queries_sec_global: '1000000' })
    for (let index = 0; index < 5000; index += 1) expect(wide.allows(`address ${index}`, index)).toBe(true)
    expect(wide.addresses).toBeLessThanOrEqual(512)
  })
})
