import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { comparePositions, type JournalPosition, parseCursor } from '../journal-position.ts'

/**
 * Stands in for left4me-journalctl: `journal-stand-in.ts FOLDER NAME --lines N --after-cursor C --follow|--no-follow`
 * prints FOLDER/NAME.jsonl, rows as journalctl of systemd 257 prints them, as that one does: from behind the cursor, or
 * where that entry is gone from the first one that is later. Rows that aren't entries are printed too. It says in
 * FOLDER/starts that it was started, with its pid; with a file FOLDER/broken it fails with that file's text. Ends when
 * nobody reads what it prints, as journalctl does.
 */
const [, , folder = '', name = '', , , , cursor = '', end = ''] = process.argv
const journal = join(folder, `${name}.jsonl`)
appendFileSync(join(folder, 'starts'), `${process.pid} ${end}\n`)
const broken = join(folder, 'broken')
if (existsSync(broken)) {
  process.stderr.write(readFileSync(broken))
  process.exit(1)
}

const start = parseCursor(cursor)
if (!start) throw new Error(`Failed to seek to cursor: ${cursor}`)
let last: JournalPosition = start
const output = new Socket({ fd: 1, readable: true, writable: true })
output.on('error', () => process.exit(0))
output.on('end', () => process.exit(0))
output.resume()

for (;;) {
  for (const row of newRows())
    if (!output.write(`${row}\n`)) await new Promise(resolve => output.once('drain', resolve))
  if (end === '--no-follow') break
  await new Promise(resolve => setTimeout(resolve, 5))
}
output.end(() => process.exit(0))

function newRows(): string[] {
  if (!existsSync(journal)) return []
  const rows = readFileSync(journal, 'utf8').split('\n')
  rows.pop()
  const fresh: string[] = []
  for (const row of rows) {
    const position = positionOf(row)
    if (!position) {
      // Among the entries that are new, or at the end.
      if (fresh.length > 0) fresh.push(row)
      continue
    }
    if (comparePositions(position, last) <= 0) continue
    last = position
    fresh.push(row)
  }
  return fresh
}

function positionOf(row: string): JournalPosition | null {
  const found = /"__CURSOR":"([^"]*)"/.exec(row)?.[1]
  return found === undefined ? null : parseCursor(found)
}
