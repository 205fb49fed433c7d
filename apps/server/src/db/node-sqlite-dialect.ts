import type { DatabaseSync, StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely'

/** Kysely keeps no prepared statements; preparing again takes longer than running most of our queries. */
const preparedStatements = 200

/**
 * Kysely on node:sqlite. Kysely serialises the users of a dialect that has one connection, so that a transaction keeps
 * everybody else out until it ends: inside `transaction().execute(trx => …)` only `trx` may be used, the outer
 * database would wait for itself.
 */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    super({ database: { close: () => database.close(), prepare: sql => statement(database, sql) } })
    this.#database = database
  }

  override createDriver(): Driver {
    return new NodeSqliteDriver(this.#database)
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter()
  }
}

class NodeSqliteDriver extends SqliteDriver {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    const kept = new Map<string, SqliteStatement>()
    super({
      database: {
        close: () => database.close(),
        prepare(sql) {
          const known = kept.get(sql)
          if (known) return known
          const prepared = statement(database, sql)
          const oldest = kept.size >= preparedStatements ? kept.keys().next().value : undefined
          if (oldest !== undefined) kept.delete(oldest)
          kept.set(sql, prepared)
          return prepared
        },
      },
    })
    this.#database = database
  }

  /** Takes the write lock at once: a transaction that began as a reader would fail with SQLITE_BUSY when it writes. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** SQLite itself rolls back after some errors (full disk, I/O): https://www.sqlite.org/lang_transaction.html */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
  }
}

/** SQLite's DDL is transactional, whatever Kysely's own adapter says: a migration happens whole or not at all. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

function statement(database: DatabaseSync, sql: string): SqliteStatement {
  const prepared: StatementSync = database.prepare(sql)
  const values = (parameters: readonly unknown[]) => parameters.map(value)
  return {
    reader: prepared.columns().length > 0,
    all: parameters => prepared.all(...values(parameters)),
    run: parameters => prepared.run(...values(parameters)),
    iterate: parameters => prepared.iterate(...values(parameters)),
  }
}

function value(parameter: unknown): string | number | bigint | Uint8Array | null {
  if (
    parameter === null ||
    typeof parameter === 'string' ||
    typeof parameter === 'number' ||
    typeof parameter === 'bigint' ||
    parameter instanceof Uint8Array
  ) {
    return parameter
  }
  throw new TypeError(`SQLite has no type for a ${typeof parameter}`)
}
