/** Rows with their columns aligned, two blanks between; a column of numbers is aligned at its right. */
export function table(rows: readonly (readonly (string | number | null)[])[]): string {
  const columns = Math.max(0, ...rows.map(row => row.length))
  const texts = rows.map(row => Array.from({ length: columns }, (_, column) => String(row[column] ?? '')))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...texts.map(row => (row[column] ?? '').length)),
  )
  const numeric = widths.map((_, column) =>
    rows.every(row => row[column] === null || typeof row[column] === 'number'),
  )
  return texts
    .map(row =>
      row
        .map((text, column) => {
          const width = widths[column] ?? 0
          return numeric[column] ? text.padStart(width) : text.padEnd(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .map(line => `${line}\n`)
    .join('')
}
