import { describe, expect, test } from 'vitest'
import type { KnownItem } from './known-item.ts'
import { resolveForBuild } from './resolve-for-build.ts'

const item = (id: string, change: Partial<KnownItem> = {}): KnownItem => ({
  id,
  kind: 'item',
  title: `Item ${id}`,
  size: 100,
  updatedAt: 2000,
  previewUrl: null,
  fileUrl: null,
  appId: 550,
  banned: false,
  banReason: null,
  children: [],
  fetchedAt: 0,
  ...change,
})
const missing = (id: string) =>
  item(id, { kind: 'missing', title: null, size: null, updatedAt: null, appId: null })
const collection = (id: string, ...children: string[]) =>
  item(id, {
    kind: 'collection',
    children: children.map(child => ({ id: child, isCollection: child.startsWith('9') })),
  })

async function resolve(items: KnownItem[], ids: string[], previous: { id: string; version: string }[] = []) {
  const notes: string[] = []
  const known = new Map(items.map(each => [each.id, each]))
  const lookUp = async (asked: readonly string[]) => ({
    items: new Map(asked.flatMap(id => (known.has(id) ? [[id, known.get(id) ?? missing(id)] as const] : []))),
    staleBecause: null,
  })
  const downloads = await resolveForBuild({ lookUp }, ids, {
    previous: previous.map(source => ({ ...source, title: `Item ${source.id}`, bytes: 100 })),
    onNote: note => notes.push(note),
    signal: new AbortController().signal,
  })
  return { versions: downloads.map(({ id, updatedAt }) => [id, updatedAt]), notes }
}

describe('what a build downloads', () => {
  test('is every item once, collections followed', async () => {
    const items = [item('1'), item('2'), collection('91', '1', '92'), collection('92', '2', '1')]
    expect(await resolve(items, ['2', '91'])).toEqual({
      versions: [
        ['2', 2000],
        ['1', 2000],
      ],
      notes: [],
    })
  })

  test('has the copy that is here of an item that left the Workshop, and says so', async () => {
    const { versions, notes } = await resolve(
      [item('1'), missing('2')],
      ['1', '2'],
      [{ id: '2', version: '1500' }],
    )
    expect(versions).toEqual([
      ['1', 2000],
      ['2', 1500],
    ])
    expect(notes).toEqual([expect.stringMatching(/“Item 2” \(2\) is no longer on the Workshop/)])
  })

  test('is nothing when an item was never there', async () => {
    await expect(resolve([item('1'), missing('2')], ['1', '2'])).rejects.toMatchObject({
      code: 'content-refused',
      message: expect.stringMatching(/^item 2: .*removed/),
    })
  })

  test('is nothing when Steam has banned an item, although a copy is here', async () => {
    const banned = item('2', { banned: true, banReason: 'stolen' })
    await expect(resolve([item('1'), banned], ['1', '2'], [{ id: '2', version: '2000' }])).rejects.toThrow(
      /“Item 2” \(2\): Steam has banned it \(stolen\)/,
    )
  })

  test('leaves the loop of a collection within itself out, and says so', async () => {
    const items = [item('1'), collection('91', '1', '92'), collection('92', '91')]
    const { versions, notes } = await resolve(items, ['91'])
    expect(versions).toEqual([['1', 2000]])
    expect(notes).toEqual([expect.stringMatching(/Item 91/)])
  })

  test('is refused beyond the limits of depth and number', async () => {
    const deep = Array.from({ length: 12 }, (_, level) => collection(`9${level}`, `9${level + 1}`))
    await expect(resolve(deep, ['90'])).rejects.toThrow(/nested in more than 8 levels/)
    const many = Array.from({ length: 2001 }, (_, index) => `1${index}`)
    await expect(resolve([collection('9', ...many), ...many.map(id => item(id))], ['9'])).rejects.toThrow(
      /more than 2000 items/,
    )
  })
})
