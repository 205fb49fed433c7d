import { describe, expect, it } from 'vitest'
import { action } from '../items/action.ts'
import { directory } from '../items/directory.ts'
import { file } from '../items/file.ts'
import type { Item } from '../items/item.ts'
import { service } from '../items/service.ts'
import { symlink } from '../items/symlink.ts'
import { unit } from '../items/unit.ts'
import { user } from '../items/user.ts'
import { generator } from '../node/test-node.ts'
import { buildGraph } from './graph.ts'
import { select } from './selector.ts'

const act = (name: string, relations: object = {}) =>
  action(name, { command: 'true', unless: 'true', ...relations })
const graph = (items: readonly Item[], bundle = 'test') => buildGraph(items.map(item => ({ item, bundle })))
const needsOf = (items: readonly Item[], id: string) => [...(graph(items).needs.get(id) ?? [])].sort()

describe('the order of items', () => {
  it('is the same whatever order they are defined in', () => {
    const items = [
      ...Array.from({ length: 12 }, (_, at) =>
        act(`a${at}`, at === 0 ? {} : { after: [`action:a${Math.floor(at / 2)}`] }),
      ).filter(item => item.name !== 'a0' && item.name !== 'a1'),
      act('a0'),
      act('a1'),
    ]
    const random = generator(7)
    const levels = graph(items).levels
    for (let time = 0; time < 10; time++)
      expect(graph([...items].sort(() => random() - 0.5)).levels).toEqual(levels)
  })

  it('that is a cycle is an error that prints the whole of it and nothing more', () => {
    expect(() =>
      graph([
        act('start', { after: ['action:a'] }),
        act('a', { needs: ['action:b'] }),
        act('b', { before: ['action:c'], after: ['action:c'] }),
        act('c'),
      ]),
    ).toThrow(/action:b → action:c → action:b/)
    expect(() => graph([act('a', { after: ['action:b'] }), act('b', { after: ['action:a'] })])).toThrow(
      'action:a → action:b → action:a',
    )
  })

  it('lets no item wait for itself, through a selector of all either', () => {
    expect(graph([act('last', { after: ['!action:last'] }), act('a'), act('b')]).levels).toEqual([
      ['action:a', 'action:b'],
      ['action:last'],
    ])
    expect(graph([act('last', { after: ['action:'] }), act('a')]).levels.at(-1)).toEqual(['action:last'])
  })
})

describe('selectors', () => {
  const defined = [
    { item: act('a', { tags: ['slow'] }), bundle: 'one' },
    { item: file('/f', { content: '' }), bundle: 'two' },
  ]
  it('name an item, a type, a bundle, a tag, or all but these', () => {
    const of = (selector: string) => select(selector, defined, new Set(['declared']))
    expect(of('action:a')).toEqual(['action:a'])
    expect(of('file:')).toEqual(['file:/f'])
    expect(of('bundle:one')).toEqual(['action:a'])
    expect(of('tag:slow')).toEqual(['action:a'])
    expect(of('!tag:slow')).toEqual(['file:/f'])
    expect(of('tag:declared')).toEqual([])
  })
  it('that match nothing are errors, a tag that nobody declares too', () => {
    for (const selector of ['action:b', 'service:', 'bundle:three', 'tag:typo', 'nonsense', ':x'])
      expect(() => select(selector, defined, new Set()), selector).toThrow(
        /No item matches|declared nowhere|no selector/,
      )
    expect(() => graph([act('a', { needs: ['file:/gone'] })])).toThrow('action:a: needs: No item matches')
  })
})

describe('what items need without being told', () => {
  it('is the nearest folder, links above, owner, and for a service its unit files and one reload', () => {
    const items = [
      directory('/srv'),
      directory('/srv/app', { owner: 'app' }),
      symlink('/srv/link', { target: '/srv/app' }),
      file('/srv/link/x/f', { content: '', owner: 'app' }),
      user('app'),
      unit('app@.service', {
        sections: { Service: { EnvironmentFile: '-/srv/app/env', ExecStart: '/bin/true' } },
      }),
      file('/srv/app/env', { content: '' }),
      service('app@1', { running: true }),
    ]
    expect(needsOf(items, 'file:/srv/link/x/f')).toEqual(['directory:/srv', 'symlink:/srv/link', 'user:app'])
    expect(needsOf(items, 'directory:/srv/app')).toEqual(['directory:/srv', 'user:app'])
    expect(needsOf(items, 'symlink:/srv/link')).toEqual(['directory:/srv', 'directory:/srv/app'])
    expect(needsOf(items, 'service:app@1')).toEqual(['systemd:daemon-reload', 'unit:app@.service'])
    expect(needsOf(items, 'unit:app@.service')).toContain('file:/srv/app/env')
  })

  it('makes contradictions errors: two at one path, a path below a file, the absence of what is needed', () => {
    expect(() => graph([file('/a', { content: '' }), symlink('/a', { target: 'b' })])).toThrow('same path')
    expect(() => graph([file('/a', { content: '' }), file('/a/b', { content: '' })])).toThrow(
      'is below file:/a',
    )
    expect(() => graph([directory('/a', { absent: true }), file('/a/b', { content: '' })])).toThrow(
      'must not be there',
    )
    expect(() =>
      buildGraph([
        { item: act('a'), bundle: 'one' },
        { item: act('a'), bundle: 'two' },
      ]),
    ).toThrow('by the bundles one and two')
    expect(() => graph([act('a', { triggers: ['file:/f'] }), file('/f', { content: '' })])).toThrow(
      "can't react",
    )
  })
})
