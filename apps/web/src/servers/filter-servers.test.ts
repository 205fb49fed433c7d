import type { Server } from '@left4me/contract'
import { describe, expect, it } from 'vitest'
import { filterServers } from './filter-servers.ts'

const server = (id: number, name: string, more: Partial<Server> = {}) =>
  ({
    id,
    name,
    state: 'stopped',
    map: null,
    address: `203.0.113.7:${27014 + id}`,
    ownerName: 'pulse',
    ...more,
  }) as Server
const all = [
  server(1, 'Versus'),
  server(2, 'friday night', { state: 'running', map: 'c4m2_sugarmill_a' }),
  server(3, 'Friday night', { ownerName: 'zoe' }),
]
const found = (search: string) => filterServers(all, search).map(({ id }) => id)

describe('filterServers', () => {
  it('gives all of them by name when nothing is searched', () => {
    expect(found(' ')).toEqual([2, 3, 1])
  })

  it.each([
    ['FRIDAY', [2, 3]],
    ['hard rain', [2]],
    ['sugarmill', [2]],
    [':27015', [1]],
    ['stopped friday', [3]],
    ['zoe', [3]],
    ['nothing', []],
  ])('finds by %s', (search, ids) => {
    expect(found(search)).toEqual(ids)
  })
})
