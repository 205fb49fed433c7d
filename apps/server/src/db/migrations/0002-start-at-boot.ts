import { type Kysely, sql } from 'kysely'

/** Servers that were there before start with the machine, as they did until now. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE servers
    ADD COLUMN start_at_boot INTEGER NOT NULL DEFAULT 1 CHECK (start_at_boot IN (0, 1))`.execute(db)
}
