import type { ReactNode } from 'react'
import { classes } from './classes.ts'

export interface Column<Item> {
  readonly key: string
  readonly title: string
  /** Numbers stand at the right. */
  readonly numeric?: boolean
  /** Left out where there is little room. */
  readonly wide?: boolean
  /** No visible heading: buttons. */
  readonly untitled?: boolean
  readonly cell: (item: Item) => ReactNode
}

interface TableProps<Item> {
  /** What the table shows, for screen readers. */
  label: string
  columns: readonly Column<Item>[]
  items: readonly Item[]
  keyOf: (item: Item) => string | number
  /** Rows can be stepped through with j and k; the first link of a row gets the focus. */
  stepping?: boolean
}

export function Table<Item>({ label, columns, items, keyOf, stepping = false }: TableProps<Item>) {
  return (
    <div className="relative w-full overflow-x-auto">
      <table aria-label={label} className="w-full border-collapse text-left">
        <thead>
          <tr className="border-b border-line text-sm text-muted">
            {columns.map(column => (
              <th
                key={column.key}
                scope="col"
                className={classes(padding, 'h-9 font-medium whitespace-nowrap', place(column))}
              >
                {column.untitled ? <span className="sr-only">{column.title}</span> : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <tr
              key={keyOf(item)}
              {...(stepping ? { 'data-row': '' } : {})}
              className="border-b border-line/70 last:border-0 hover:bg-hover/60 focus-within:bg-hover/60"
            >
              {columns.map(column => (
                <td key={column.key} className={classes(padding, 'h-10', place(column))}>
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const padding = 'px-2 py-1.5 align-middle first:pl-4 last:pr-4'

function place(column: { numeric?: boolean; wide?: boolean; untitled?: boolean }): string {
  return classes(
    (column.numeric || column.untitled) && 'text-right',
    column.numeric && 'whitespace-nowrap',
    column.wide && 'hidden md:table-cell',
  )
}
