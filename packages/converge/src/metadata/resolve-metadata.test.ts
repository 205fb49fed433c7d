import { describe, expect, it } from 'vitest'
import { badDefinition } from '../converge-error.ts'
import { atomic } from './merge.ts'
import type { Reactor } from './reactor.ts'
import { type MetadataSources, resolveMetadata } from './resolve-metadata.ts'

const resolve = (sources: Partial<MetadataSources>) =>
  resolveMetadata({
    node: 'n',
    facts: {},
    defaults: [],
    reactors: [],
    groups: [],
    own: {},
    factsKnown: true,
    ...sources,
  })
const reactor = (name: string, provides: string[], react: Reactor['react']) => ({
  bundle: 'b',
  name,
  provides,
  react,
})

describe('layers', () => {
  it('go from facts over defaults, reactors and groups to the node, and blame tells which gave a value', () => {
    const { values, blame } = resolve({
      facts: { v: { facts: 1, defaults: 1, reactors: 1, groups: 1, node: 1 } },
      defaults: [{ name: 'b', values: { v: { defaults: 2, reactors: 2, groups: 2, node: 2 } } }],
      reactors: [
        reactor('r', ['v'], view => ({
          v: { reactors: view.get<number>('v/facts') + 2, groups: 3, node: 3 },
        })),
      ],
      groups: [
        { name: 'parent', values: { v: { groups: 3.5 } } },
        { name: 'child', values: { v: { groups: 4, node: 4 } } },
      ],
      own: { v: { node: 5 } },
    })
    expect(values).toEqual({ v: { facts: 1, defaults: 2, reactors: 3, groups: 4, node: 5 } })
    expect([...blame]).toEqual([
      ['v/facts', ['facts']],
      ['v/defaults', ['defaults of b']],
      ['v/reactors', ['reactor b/r']],
      ['v/groups', ['group child']],
      ['v/node', ['node n']],
    ])
  })

  it('merge maps by key, unite sets, append lists; atomic stops that', () => {
    const weak = { map: { a: 1 }, set: new Set(['a']), list: ['a'], whole: { a: 1 }, replaced: ['a'] }
    const strong = {
      map: { b: 2 },
      set: new Set(['b']),
      list: ['b'],
      whole: atomic({ b: 2 }),
      replaced: atomic(['b']),
    }
    const { values, blame } = resolve({ facts: weak, own: strong })
    expect(values).toEqual({
      map: { a: 1, b: 2 },
      set: new Set(['a', 'b']),
      list: ['a', 'b'],
      whole: { b: 2 },
      replaced: ['b'],
    })
    expect(blame.get('whole/a')).toBe(undefined)
    expect(blame.get('list')).toEqual(['facts', 'node n'])
  })

  it('of other shapes, and two defaults of one scalar, are errors that name who said what', () => {
    expect(() => resolve({ facts: { a: { b: 1 } }, own: { a: 1 } })).toThrow(
      'a has another shape in node n than in facts',
    )
    expect(() => resolve({ facts: { a: 1 }, own: { a: { b: 1 } } })).toThrow('another shape')
    expect(() =>
      resolve({
        defaults: [
          { name: 'one', values: { a: { b: 1 } } },
          { name: 'two', values: { a: { b: 1 } } },
        ],
      }),
    ).toThrow('a/b has a default in the bundles one and two')
    expect(() => resolve({ own: { 'a/b': 1 } })).toThrow('no usable key')
  })
})

describe('reactors', () => {
  it('run again when what they read changes, whatever their order is', () => {
    const chain = [
      reactor('a', ['three'], view => ({ three: view.get<number>('two') + 1 })),
      reactor('b', ['two'], view => ({ two: view.get<number>('one') + 1 })),
      reactor('c', ['one'], view => ({ one: view.get<number>('zero') + 1 })),
    ]
    expect(resolve({ reactors: chain, own: { zero: 0 } }).values).toEqual({
      zero: 0,
      one: 1,
      two: 2,
      three: 3,
    })
    expect(resolve({ reactors: chain.reverse(), own: { zero: 0 } }).values).toMatchObject({ three: 3 })
  })

  it('never see their own result, so that none feeds on itself', () => {
    const adds = reactor('adds', ['list'], view => ({ list: [`${view.get<string[]>('list', []).length}`] }))
    expect(resolve({ reactors: [adds], facts: { list: ['x'] } }).values).toEqual({ list: ['x', '1'] })
  })

  it('that never agree end with an error that names them', () => {
    const flips = [
      reactor('flip', ['a'], view => ({ a: !view.get('b', false) })),
      reactor('flop', ['b'], view => ({ b: view.get('a', false) })),
    ]
    expect(() => resolve({ reactors: flips })).toThrow(/never comes to rest.*b\/flip \(\d+ times\)/)
  })

  it('that ask for what never comes, read nothing, or write elsewhere are errors', () => {
    const asks = reactor('asks', ['x'], view => ({ x: view.get('domain') }))
    expect(() => resolve({ reactors: [asks] })).toThrow(
      'The node n has no domain, which the reactor b/asks reads.',
    )
    expect(() => resolve({ reactors: [asks], factsKnown: false })).toThrow('unknown until n was probed')
    expect(() => resolve({ reactors: [reactor('still', ['x'], () => ({ x: 1 }))] })).toThrow('reads nothing')
    expect(() =>
      resolve({ reactors: [reactor('wild', ['x/y'], view => ({ x: { z: view.has('a') } }))] }),
    ).toThrow("writes x/z, which isn't in its provides")
  })

  it.each([
    [new TypeError('no such core'), 'no such core'],
    [badDefinition('a/b is 1. Write 2.'), 'a/b is 1. Write 2.'],
    [Object.assign(new Error('No core is left.'), { remedy: 'Name fewer.' }), 'No core is left. Name fewer.'],
  ])('that throw are named, with the node and the remedy: %s', (error, message) => {
    const throws = reactor('throws', ['x'], view => {
      view.has('a')
      throw error
    })
    expect(() => resolve({ reactors: [throws] })).toThrow(
      expect.objectContaining({
        code: 'bad-definition',
        message: `The reactor b/throws failed for n: ${message}`,
      }),
    )
  })

  it('can not change what they are shown', () => {
    const spoils = reactor('spoils', ['y'], view => {
      view.get<string[]>('x').push('spoilt')
      return { y: 1 }
    })
    expect(resolve({ reactors: [spoils], own: { x: ['a'] } }).values).toEqual({ x: ['a'], y: 1 })
  })
})
