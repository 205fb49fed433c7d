import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldersOf } from './layer-index.ts'
import { type MergedEntry, MergedTree, type TreeLayer } from './merged-tree.ts'

/** `path` for a file, `path/` for an empty folder, `!path` for a whiteout, `=path` for an opaque folder. */
function layer(...items: string[]): TreeLayer {
  const marked = (mark: string) => items.filter(item => item.startsWith(mark)).map(item => item.slice(1))
  const plain = items.filter(item => !/^[!=]/.test(item))
  const files = plain.filter(item => !item.endsWith('/'))
  return {
    folders: foldersOf(
      files.map(path => ({ path, size: path.length, mode: 0o644 })),
      plain.filter(item => item.endsWith('/')).map(item => item.slice(0, -1)),
    ),
    whiteouts: marked('!'),
    opaqueFolders: marked('='),
  }
}

const shown = (tree: MergedTree) =>
  [...tree.entries()].map(({ path, kind, layer: from }) => `${path} ${kind} ${from}`).sort()
const hides = (tree: MergedTree, path: string) => tree.find(path)?.hides

describe('MergedTree', () => {
  test('merges folders, and takes a file from the uppermost layer that has it', () => {
    const tree = MergedTree.of([layer('a/x', 'top'), layer('a/x', 'a/y'), layer('a/x', 'a/z')])
    expect(shown(tree)).toEqual(['a folder 0', 'a/x file 0', 'a/y file 1', 'a/z file 2', 'top file 0'])
    expect(tree.find('a/x')).toEqual({
      name: 'x',
      path: 'a/x',
      kind: 'file',
      size: 3,
      mode: 0o644,
      layer: 0,
      layers: [0],
      hides: [
        { layer: 1, kind: 'file', files: 1, bytes: 3 },
        { layer: 2, kind: 'file', files: 1, bytes: 3 },
      ],
    })
    expect(tree.find('a')?.layers).toEqual([0, 1, 2])
    expect([tree.files, tree.bytes]).toEqual([4, 12])
  })

  test('shows what a whiteout deletes, and not a whiteout of nothing', () => {
    const tree = MergedTree.of([layer('!a', '!b/c', '!nothing'), layer('a/x', 'a/y', 'b/c', 'b/d')])
    expect(shown(tree)).toEqual(['a deleted 0', 'b folder 0', 'b/c deleted 0', 'b/d file 1'])
    expect(hides(tree, 'a')).toEqual([{ layer: 1, kind: 'folder', files: 2, bytes: 6 }])
    expect(tree.find('nothing')).toBeNull()
    expect(tree.find('a/x')).toBeNull()
  })

  test('shows nothing of lower layers in an opaque folder, and counts it', () => {
    const tree = MergedTree.of([layer('=a', 'a/new'), layer('a/old', 'a/b/older', 'c')])
    expect(shown(tree)).toEqual(['a folder 0', 'a/new file 0', 'c file 1'])
    expect(hides(tree, 'a')).toEqual([{ layer: 1, kind: 'folder', files: 2, bytes: 14 }])
  })

  test('lets a file hide a folder, and a folder a file with all folders below that', () => {
    const file = MergedTree.of([layer('a'), layer('a/x', 'a/y')])
    expect(shown(file)).toEqual(['a file 0'])
    expect(hides(file, 'a')).toEqual([{ layer: 1, kind: 'folder', files: 2, bytes: 6 }])
    const folder = MergedTree.of([layer('a/x'), layer('a'), layer('a/y')])
    expect(shown(folder)).toEqual(['a folder 0', 'a/x file 0'])
    expect(hides(folder, 'a')).toEqual([
      { layer: 1, kind: 'file', files: 1, bytes: 1 },
      { layer: 2, kind: 'folder', files: 1, bytes: 3 },
    ])
  })

  test('shows empty folders', () => {
    expect(shown(MergedTree.of([layer('a/b/'), layer('c/')]))).toEqual([
      'a folder 0',
      'a/b folder 0',
      'c folder 1',
    ])
  })

  test('lists a folder by pages of names, and goes on behind a name that is gone', () => {
    const tree = MergedTree.of([layer('f/e', 'f/b/x', '!f/c'), layer('f/a', 'f/d', 'f/c')])
    const names = (after?: string, limit = 2) => {
      const page = tree.list('f', after === undefined ? { limit } : { after, limit })
      return [page?.entries.map(({ name }) => name), page?.next]
    }
    expect(names()).toEqual([['a', 'b'], 'b'])
    expect(names('b')).toEqual([['c', 'd'], 'd'])
    expect(names('d')).toEqual([['e'], null])
    expect(names('bb')).toEqual([['c', 'd'], 'd'])
    expect(names('z')).toEqual([[], null])
    expect(tree.list('', { limit: 9 })?.entries.map(({ path }) => path)).toEqual(['f'])
    expect([tree.list('f/a', { limit: 9 }), tree.list('none', { limit: 9 })]).toEqual([null, null])
  })

  test('takes names that objects have of their own as names', () => {
    const tree = MergedTree.of([layer('__proto__/constructor'), layer('toString')])
    expect(shown(tree)).toEqual(['__proto__ folder 0', '__proto__/constructor file 0', 'toString file 1'])
    expect(tree.find('constructor')).toBeNull()
  })
})

describe('a merged tree is what overlayfs would show', () => {
  type Folder = { readonly opaque: boolean; readonly children: Map<string, Folder | 'file' | 'whiteout'> }

  const node: fc.Memo<Folder | 'file' | 'whiteout'> = fc.memo(depth =>
    depth <= 1
      ? fc.constantFrom('file', 'whiteout')
      : fc.oneof(fc.constantFrom('file' as const, 'whiteout' as const), folder(depth - 1)),
  )
  const folder: fc.Memo<Folder> = fc.memo(depth =>
    fc.record({
      opaque: fc.boolean(),
      children: fc
        .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), node(depth)), { selector: ([name]) => name })
        .map(list => new Map(list)),
    }),
  )

  function flatten(root: Folder): TreeLayer {
    const files: { path: string; size: number; mode: number }[] = []
    const [whiteouts, opaqueFolders, folders]: [string[], string[], string[]] = [[], [], []]
    const walk = (path: string, { opaque, children }: Folder) => {
      folders.push(path)
      if (opaque && path !== '') opaqueFolders.push(path)
      for (const [name, child] of children) {
        const at = path === '' ? name : `${path}/${name}`
        if (child === 'file') files.push({ path: at, size: 1, mode: 0 })
        else if (child === 'whiteout') whiteouts.push(at)
        else walk(at, child)
      }
    }
    walk('', root)
    return { folders: foldersOf(files, folders), whiteouts, opaqueFolders }
  }

  /** By the definition: look a name up from the uppermost layer down. `null` marks a layer that hasn't the folder. */
  function look(stack: readonly (Folder | null)[], path: string, found: string[]): void {
    const names = new Set(stack.flatMap(layerFolder => [...(layerFolder?.children.keys() ?? [])]))
    for (const name of names) {
      const at = path === '' ? name : `${path}/${name}`
      const below: (Folder | null)[] = []
      let first: { kind: string; layer: number } | null = null
      for (const [number, layerFolder] of stack.entries()) {
        const child = layerFolder?.children.get(name)
        below.push(null)
        if (child === undefined) continue
        if (child === 'file' || child === 'whiteout') {
          first ??= { kind: child, layer: number }
          break
        }
        first ??= { kind: 'folder', layer: number }
        below[number] = child
        if (child.opaque) break
      }
      if (first === null || first.kind === 'whiteout') continue
      found.push(`${at} ${first.kind} ${first.layer}`)
      if (first.kind === 'folder') look(below, at, found)
    }
  }

  test('for any layers', () => {
    fc.assert(
      fc.property(fc.array(folder(3), { maxLength: 4 }), roots => {
        const expected: string[] = []
        look(roots, '', expected)
        const tree = MergedTree.of(roots.map(flatten))
        const visible = [...tree.entries()].filter(({ kind }) => kind !== 'deleted')
        expect(visible.map(({ path, kind, layer: from }) => `${path} ${kind} ${from}`).sort()).toEqual(
          expected.sort(),
        )
        for (const entry of visible) expect(tree.find(entry.path)).toEqual(entry)
      }),
      { numRuns: 500 },
    )
  })

  test('and counts each file once: seen, or hidden by one entry', () => {
    fc.assert(
      fc.property(fc.array(folder(3), { maxLength: 4 }), roots => {
        const layers = roots.map(flatten)
        const tree = MergedTree.of(layers)
        const all = layers.flatMap(({ folders }) => folders.flatMap(({ files }) => files)).length
        const entries: MergedEntry[] = [...tree.entries()]
        const hidden = entries.flatMap(entry => entry.hides).reduce((sum, { files }) => sum + files, 0)
        expect(tree.files + hidden).toBe(all)
      }),
      { numRuns: 300 },
    )
  })
})
