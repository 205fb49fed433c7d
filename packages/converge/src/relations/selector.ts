import { badDefinition } from '../converge-error.ts'
import type { Item } from '../items/item.ts'

/** An item with the bundle that defined it. */
export interface Defined {
  readonly item: Item
  readonly bundle: string
}

/**
 * The ids that a selector means: `type:name`, `type:` (all of a type), `bundle:NAME`, `tag:NAME`, or one of these with
 * `!` before it (all but these). Without a match it is an error, but for tags, which are the loose coupling; a tag must
 * be declared by an item or in `tags`.
 */
export function select(selector: string, all: readonly Defined[], tags: ReadonlySet<string>): string[] {
  if (selector.startsWith('!')) {
    const without = new Set(select(selector.slice(1), all, tags))
    return all.map(({ item }) => item.id).filter(id => !without.has(id))
  }
  const colon = selector.indexOf(':')
  if (colon < 1)
    throw badDefinition(
      `${JSON.stringify(selector)} is no selector. Write type:name, type:, bundle:name or tag:name.`,
    )
  const kind = selector.slice(0, colon)
  const rest = selector.slice(colon + 1)
  if (kind === 'tag') {
    const matches = all.filter(({ item }) => item.relations.tags?.includes(rest) === true)
    if (matches.length === 0 && !tags.has(rest))
      throw badDefinition(
        `The tag ${JSON.stringify(rest)} is declared nowhere. Declare it in its bundle's tags or mend the spelling.`,
      )
    return matches.map(({ item }) => item.id)
  }
  const matches = all.filter(({ item, bundle }) =>
    kind === 'bundle' ? bundle === rest : rest === '' ? item.type === kind : item.id === selector,
  )
  if (matches.length === 0)
    throw badDefinition(`No item matches ${JSON.stringify(selector)}. Mend the selector or define the item.`)
  return matches.map(({ item }) => item.id)
}
