import { type Kysely, sql } from 'kysely'

/** What overlays are built from, their revisions, what servers stay on, uploads, the Workshop, and policies. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `ALTER TABLE users ADD COLUMN may_bring_code INTEGER NOT NULL DEFAULT 0 CHECK (may_bring_code IN (0, 1))`,
    `ALTER TABLE overlays ADD COLUMN script TEXT`,
    `ALTER TABLE overlays ADD COLUMN workshop_ids TEXT CHECK (workshop_ids IS NULL OR json_valid(workshop_ids))`,
    `ALTER TABLE overlays ADD COLUMN index_url TEXT`,
    // The file that it was seeded from, so that seeding again finds it.
    `ALTER TABLE overlays ADD COLUMN seed_key TEXT`,
    `CREATE UNIQUE INDEX overlays_seed_key ON overlays (seed_key)`,
    // When what the next build takes was last changed.
    `ALTER TABLE overlays ADD COLUMN content_changed_at INTEGER NOT NULL DEFAULT 0`,
    `CREATE TABLE overlay_scripts (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      overlay_id INTEGER NOT NULL REFERENCES overlays (id) ON DELETE CASCADE,
      script TEXT NOT NULL,
      user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
      saved_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX overlay_scripts_overlay ON overlay_scripts (overlay_id)`,
    // What the host says of each revision that is published there; the host is the truth.
    `CREATE TABLE overlay_revisions (
      overlay_id INTEGER NOT NULL REFERENCES overlays (id) ON DELETE CASCADE,
      revision INTEGER NOT NULL,
      summary TEXT NOT NULL CHECK (json_valid(summary)),
      job_id INTEGER,
      PRIMARY KEY (overlay_id, revision)
    ) STRICT, WITHOUT ROWID`,
    // A server stays on this revision of an overlay; without a row it takes the newest.
    `CREATE TABLE held_layers (
      server_id INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
      overlay_id INTEGER NOT NULL REFERENCES overlays (id) ON DELETE CASCADE,
      revision INTEGER NOT NULL,
      PRIMARY KEY (server_id, overlay_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX held_layers_overlay ON held_layers (overlay_id)`,
    `CREATE TABLE overlay_uploads (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      overlay_id INTEGER NOT NULL REFERENCES overlays (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      size INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX overlay_uploads_overlay ON overlay_uploads (overlay_id)`,
    `CREATE TABLE workshop_items (
      id TEXT PRIMARY KEY,
      details TEXT NOT NULL CHECK (json_valid(details)),
      fetched_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE workshop_refreshes (
      job_id INTEGER PRIMARY KEY,
      finished_at INTEGER NOT NULL,
      overlays TEXT NOT NULL CHECK (json_valid(overlays))
    ) STRICT`,
    `ALTER TABLE servers ADD COLUMN public_page INTEGER NOT NULL DEFAULT 0 CHECK (public_page IN (0, 1))`,
    `ALTER TABLE servers ADD COLUMN update_mode TEXT NOT NULL DEFAULT 'when-empty'
      CHECK (update_mode IN ('when-empty', 'at-time', 'never'))`,
    `ALTER TABLE servers ADD COLUMN update_time TEXT`,
    `ALTER TABLE jobs ADD COLUMN transfer TEXT`,
    `ALTER TABLE jobs ADD COLUMN result TEXT`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
