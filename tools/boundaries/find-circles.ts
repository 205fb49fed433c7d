import { posix } from 'node:path'
import type { Violation } from './find-violations.ts'
import type { SourceModule } from './read-module.ts'

/** A file that another one imports, and where. */
interface Arrow {
  readonly to: string
  readonly line: number
}

/**
 * Files that import each other in a circle, types and lazy imports included: neither can be read without the other. For
 * each file that stands in one, the shortest way back to it is named once, from the file that comes first by name.
 */
export function findCircles(modules: readonly SourceModule[]): Violation[] {
  const arrows = new Map(modules.map(module => [module.path, arrowsOf(module)]))
  const named = new Set<string>()
  const found: Violation[] = []
  for (const path of [...arrows.keys()].sort()) {
    const circle = named.has(path) ? null : shortestWayBack(path, arrows)
    if (circle === null) continue
    for (const each of circle) named.add(each)
    const line = arrows.get(path)?.find(({ to }) => to === circle[1])?.line ?? 1
    found.push({
      path,
      line,
      rule: `imports itself: ${circle.join(' → ')}. Move what they share into a file of its own`,
    })
  }
  return found
}

function arrowsOf({ path, imports }: SourceModule): Arrow[] {
  return imports
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, line }) => ({ to: posix.join(posix.dirname(path), specifier), line }))
}

/** From a file by its imports to itself, breadth first; null when no way leads back. */
function shortestWayBack(start: string, arrows: ReadonlyMap<string, readonly Arrow[]>): string[] | null {
  const reached = new Set<string>()
  const ways = [{ end: start, way: [start] }]
  // It grows while it is walked.
  for (const { end, way } of ways)
    for (const { to } of arrows.get(end) ?? []) {
      if (to === start) return [...way, to]
      if (reached.has(to)) continue
      reached.add(to)
      ways.push({ end: to, way: [...way, to] })
    }
  return null
}
