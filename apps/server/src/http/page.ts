import type { List } from '@left4me/contract'
import { refuse } from './problem-error.ts'

/** What the query of a list holds once it was validated. */
export interface PageQuery {
  readonly cursor?: string
  readonly limit?: number
}

export interface Page {
  /** The id that the page before ended with; null on the first page. */
  readonly after: number | null
  /** Items of a page. Ask the database for one more, so that `listOfPage` sees whether another page follows. */
  readonly size: number
}

/** Lists are paged by id, so that a page neither repeats nor skips when things come and go meanwhile. */
export function pageOf({ cursor, limit = 50 }: PageQuery): Page {
  if (cursor === undefined) return { after: null, size: limit }
  if (!/^[1-9]\d{0,15}$/.test(cursor)) {
    throw refuse('invalid-input', '/cursor', 'Must be the nextCursor of the page before.')
  }
  return { after: Number(cursor), size: limit }
}

export function listOfPage<Row extends { readonly id: number }, Item>(
  rows: readonly Row[],
  page: Page,
  item: (row: Row) => Item,
): List<Item> {
  const shown = rows.slice(0, page.size)
  const last = shown.at(-1)
  return {
    items: shown.map(item),
    nextCursor: rows.length > page.size && last !== undefined ? String(last.id) : null,
  }
}
