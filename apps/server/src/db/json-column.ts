import { ServerError } from '../server-error.ts'
import type { Database } from './schema.ts'

/** Where a value lies, for the message about it. */
export type Cell = {
  [Table in keyof Database]: {
    readonly table: Table
    readonly id: number
    readonly column: keyof Database[Table] & string
  }
}[keyof Database]

/** A row that can't be read. Only this row: whoever lists rows leaves it out and goes on. */
export class CorruptRowError extends ServerError {
  override readonly name = 'CorruptRowError'
  readonly cell: Cell

  constructor(cell: Cell, reason: string, options: { cause?: unknown } = {}) {
    super('corrupt-row', `Row ${cell.id} of ${cell.table} is damaged: ${cell.column} ${reason}.`, options)
    this.cell = cell
  }
}

/** Parses a JSON column. Throws CorruptRowError when it isn't JSON or not of the shape that `isShape` asks for. */
export function parseJsonColumn<Shape>(
  cell: Cell,
  text: string,
  isShape: (value: unknown) => value is Shape,
): Shape {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new CorruptRowError(cell, 'is not JSON', { cause })
  }
  if (!isShape(value)) throw new CorruptRowError(cell, 'has a shape that left4me never writes')
  return value
}

export function isListOfText(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Maps rows and leaves out those that are damaged; `onCorrupt` hears of each. */
export function readableRows<Row, Item>(
  rows: readonly Row[],
  read: (row: Row) => Item,
  onCorrupt: (error: CorruptRowError) => void,
): Item[] {
  return rows.flatMap(row => {
    try {
      return [read(row)]
    } catch (error) {
      if (!(error instanceof CorruptRowError)) throw error
      onCorrupt(error)
      return []
    }
  })
}
