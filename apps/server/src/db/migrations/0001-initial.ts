import { type Kysely, sql } from 'kysely'

/**
 * `ON DELETE` says what belongs to what: a user's sessions and tokens go with the user, a user with servers stays
 * (RESTRICT), a job outlives the server that it was about.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    `CREATE TABLE users (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      username TEXT NOT NULL,
      username_key TEXT NOT NULL UNIQUE,
      password_hash TEXT NOT NULL,
      role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
      created_at INTEGER NOT NULL,
      last_seen_at INTEGER
    ) STRICT`,
    `CREATE TABLE sessions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      token_hash TEXT NOT NULL UNIQUE,
      address TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      last_used_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX sessions_user ON sessions (user_id)`,
    `CREATE TABLE api_tokens (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      token_hash TEXT NOT NULL UNIQUE,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER
    ) STRICT`,
    `CREATE INDEX api_tokens_user ON api_tokens (user_id)`,
    `CREATE TABLE login_failures (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      username_key TEXT NOT NULL,
      address TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX login_failures_at ON login_failures (at)`,
    `CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
      username TEXT,
      action TEXT NOT NULL,
      target TEXT,
      detail TEXT
    ) STRICT`,
    `CREATE TABLE overlays (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      owner_id INTEGER REFERENCES users (id) ON DELETE RESTRICT,
      name TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('script', 'workshop', 'map-index', 'upload')),
      shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
      revision INTEGER,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE TABLE blueprints (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      owner_id INTEGER REFERENCES users (id) ON DELETE RESTRICT,
      name TEXT NOT NULL,
      description TEXT NOT NULL,
      shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
      arguments TEXT NOT NULL CHECK (json_valid(arguments)),
      config TEXT NOT NULL CHECK (json_valid(config)),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE TABLE blueprint_overlays (
      blueprint_id INTEGER NOT NULL REFERENCES blueprints (id) ON DELETE CASCADE,
      overlay_id INTEGER NOT NULL REFERENCES overlays (id) ON DELETE RESTRICT,
      position INTEGER NOT NULL,
      PRIMARY KEY (blueprint_id, overlay_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX blueprint_overlays_overlay ON blueprint_overlays (overlay_id)`,
    `CREATE TABLE servers (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      owner_id INTEGER NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
      name TEXT NOT NULL,
      port INTEGER NOT NULL UNIQUE CHECK (port BETWEEN 1024 AND 65535),
      blueprint_id INTEGER REFERENCES blueprints (id) ON DELETE RESTRICT,
      arguments TEXT NOT NULL CHECK (json_valid(arguments)),
      config TEXT NOT NULL CHECK (json_valid(config)),
      rcon_password TEXT NOT NULL,
      wanted TEXT NOT NULL CHECK (wanted IN ('stopped', 'running')),
      started_with TEXT CHECK (started_with IS NULL OR json_valid(started_with)),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE UNIQUE INDEX servers_owner_name ON servers (owner_id, name)`,
    `CREATE INDEX servers_blueprint ON servers (blueprint_id)`,
    `CREATE TABLE server_overlays (
      server_id INTEGER NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
      overlay_id INTEGER NOT NULL REFERENCES overlays (id) ON DELETE RESTRICT,
      position INTEGER NOT NULL,
      PRIMARY KEY (server_id, overlay_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX server_overlays_overlay ON server_overlays (overlay_id)`,
    `CREATE TABLE jobs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      title TEXT NOT NULL,
      input TEXT NOT NULL,
      locks TEXT NOT NULL,
      merge_key TEXT,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
      progress REAL NOT NULL,
      activity TEXT,
      error TEXT,
      attempt INTEGER NOT NULL,
      cancel_requested INTEGER NOT NULL CHECK (cancel_requested IN (0, 1)),
      server_id INTEGER,
      overlay_id INTEGER,
      owner_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      finished_at INTEGER
    ) STRICT`,
    `CREATE INDEX jobs_open ON jobs (state) WHERE state IN ('queued', 'running')`,
    `CREATE INDEX jobs_server ON jobs (server_id)`,
    `CREATE TABLE job_log (
      job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      sequence INTEGER NOT NULL,
      at INTEGER NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (job_id, sequence)
    ) STRICT, WITHOUT ROWID`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
