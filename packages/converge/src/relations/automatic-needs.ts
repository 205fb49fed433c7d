import { badDefinition } from '../converge-error.ts'
import type { Item } from '../items/item.ts'

/**
 * What items need by what they are: a path its nearest managed folder and every managed link above it, an owner its
 * user, and what the item itself names. Also refuses a path below a file, and the absence of what another one needs.
 */
export function automaticNeeds(items: ReadonlyMap<string, Item>): Map<string, Set<string>> {
  const byPath = new Map<string, Item>()
  for (const item of items.values()) {
    const { path } = item.ties
    if (path === undefined) continue
    const other = byPath.get(path)
    if (other !== undefined) throw badDefinition(`${other.id} and ${item.id} are the same path. Remove one.`)
    byPath.set(path, item)
  }
  const pinned = new Map<string, Item>()
  for (const item of items.values()) {
    const { pins } = item.ties
    const other = pins === undefined ? undefined : pinned.get(pins)
    if (other !== undefined)
      throw badDefinition(`${other.id} and ${item.id} both pin ${pins}. Give one another number.`)
    if (pins !== undefined) pinned.set(pins, item)
  }
  const needs = new Map<string, Set<string>>()
  for (const item of items.values()) {
    const found = new Set<string>()
    const paths = [...(item.ties.path === undefined ? [] : [item.ties.path]), ...(item.ties.wantsPaths ?? [])]
    for (const path of paths)
      for (const other of above(path, byPath, item.ties.path === path)) found.add(other.id)
    for (const path of item.ties.wantsPaths ?? []) {
      const other = byPath.get(path)
      if (other !== undefined) found.add(other.id)
    }
    for (const id of item.ties.wants ?? []) if (items.has(id)) found.add(id)
    if (item.ties.runsUnit === true) {
      for (const other of items.values())
        if (other.ties.runsUnit !== true && isFileOf(other.ties.unit, item.ties.unit)) found.add(other.id)
      if (items.has('systemd:daemon-reload')) found.add('systemd:daemon-reload')
    }
    found.delete(item.id)
    for (const id of found) {
      if (items.get(id)?.ties.absent === true && item.ties.absent !== true)
        throw badDefinition(`${id} must not be there, but ${item.id} needs it. Remove one.`)
    }
    if (item.ties.absent === true) {
      // What goes away goes from the inside out: the folder waits for what was in it.
      const parents = [...found].filter(id => items.get(id)?.ties.absent === true)
      for (const id of parents) {
        found.delete(id)
        needs.set(id, (needs.get(id) ?? new Set()).add(item.id))
      }
    }
    needs.set(item.id, new Set([...(needs.get(item.id) ?? []), ...found]))
  }
  return needs
}

/** A file of the unit itself, or of the template that it is an instance of. */
function isFileOf(file: string | undefined, unit: string | undefined): boolean {
  return (
    file !== undefined && unit !== undefined && (file === unit || file === unit.replace(/@[^.]+\./, '@.'))
  )
}

/** Nearest managed folder and all managed links on the way to a path; a file there is an error if `own` is below it. */
function above(path: string, byPath: ReadonlyMap<string, Item>, own: boolean): Item[] {
  const found: Item[] = []
  let nearest = false
  for (let at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/', at - 1)) {
    const item = byPath.get(at === 0 ? '/' : path.slice(0, at))
    if (item?.ties.leaf === true && item.ties.absent !== true && own)
      throw badDefinition(`${path} is below ${item.id}, which is no folder. Remove one.`)
    if (item !== undefined && (item.type === 'symlink' || !nearest)) {
      found.push(item)
      if (item.type !== 'symlink') nearest = true
    }
    if (at === 0) break
  }
  return found
}
