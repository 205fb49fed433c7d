// Prints the migrations that a database has had, one a line; with a second path also copies it there, consistently.
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const [path, copy] = process.argv.slice(1)
const database = new DatabaseSync(path, { timeout: 30_000 })
if (copy === undefined) {
  const query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'kysely_migration'"
  const names =
    database.prepare(query).get() === undefined
      ? []
      : database.prepare('SELECT name FROM kysely_migration ORDER BY name').all()
  for (const { name } of names) console.log(name)
} else {
  process.umask(0o077)
  rmSync(copy, { force: true })
  database.prepare('VACUUM INTO ?').run(copy)
}
