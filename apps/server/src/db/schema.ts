import type { JobKind, JobState, OverlayKind, Role } from '@left4me/contract'
import type { Generated } from 'kysely'

/** Times are milliseconds since the epoch; booleans are 0 or 1; lists are JSON text. */
export interface Database {
  users: {
    id: Generated<number>
    username: string
    /** Lower case, unique. */
    username_key: string
    password_hash: string
    role: Role
    may_bring_code: Generated<number>
    created_at: number
    last_seen_at: number | null
  }
  sessions: {
    id: Generated<number>
    user_id: number
    /** HMAC-SHA256 of the token under SECRET_KEY, hex. */
    token_hash: string
    /** Where it was logged in from. */
    address: string
    created_at: number
    expires_at: number
    last_used_at: number
  }
  api_tokens: {
    id: Generated<number>
    user_id: number
    name: string
    token_hash: string
    created_at: number
    last_used_at: number | null
  }
  /** Failed log-ins, for the limits per account and per address. */
  login_failures: {
    id: Generated<number>
    username_key: string
    address: string
    at: number
  }
  audit: {
    id: Generated<number>
    at: number
    user_id: number | null
    username: string | null
    action: string
    target: string | null
    detail: string | null
  }
  blueprints: {
    id: Generated<number>
    owner_id: number | null
    name: string
    description: string
    shared: number
    arguments: string
    config: string
    created_at: number
    updated_at: number
  }
  /** `position` 0 is the uppermost. */
  blueprint_overlays: { blueprint_id: number; overlay_id: number; position: number }
  overlays: {
    id: Generated<number>
    owner_id: number | null
    name: string
    kind: OverlayKind
    shared: number
    /** Newest published revision, null before the first build. */
    revision: number | null
    script: string | null
    workshop_ids: string | null
    index_url: string | null
    /** The file that it was seeded from. */
    seed_key: string | null
    /** When what the next build takes was last changed. */
    content_changed_at: Generated<number>
    created_at: number
    updated_at: number
  }
  overlay_scripts: {
    id: Generated<number>
    overlay_id: number
    script: string
    user_id: number | null
    saved_at: number
  }
  /** `summary`: RevisionSummary as the host said it. */
  overlay_revisions: { overlay_id: number; revision: number; summary: string; job_id: number | null }
  /** A server stays on this revision of an overlay; without a row it takes the newest. */
  held_layers: { server_id: number; overlay_id: number; revision: number }
  overlay_uploads: {
    id: Generated<number>
    overlay_id: number
    name: string
    size: number
    created_at: number
  }
  workshop_items: { id: string; details: string; fetched_at: number }
  workshop_refreshes: { job_id: number; finished_at: number; overlays: string }
  servers: {
    id: Generated<number>
    owner_id: number
    name: string
    port: number
    blueprint_id: number | null
    arguments: string
    config: string
    rcon_password: string
    /** What somebody last asked for; the host says what is. */
    wanted: 'stopped' | 'running'
    /** The specification of the last start (JSON): what runs, and with which revisions. */
    started_with: string | null
    start_at_boot: Generated<number>
    public_page: Generated<number>
    update_mode: Generated<'when-empty' | 'at-time' | 'never'>
    update_time: string | null
    created_at: number
    updated_at: number
  }
  server_overlays: { server_id: number; overlay_id: number; position: number }
  jobs: {
    id: Generated<number>
    kind: JobKind
    title: string
    input: string
    locks: string
    merge_key: string | null
    state: JobState
    progress: number
    activity: string | null
    /** JSON. */
    transfer: string | null
    result: string | null
    error: string | null
    attempt: number
    cancel_requested: number
    server_id: number | null
    overlay_id: number | null
    owner_id: number | null
    created_at: number
    started_at: number | null
    finished_at: number | null
  }
  job_log: { job_id: number; sequence: number; at: number; text: string }
}
