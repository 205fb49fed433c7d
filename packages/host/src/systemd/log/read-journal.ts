import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { journalLineLimit } from '@left4me/privileged'
import { HostError } from '../../host-error.ts'
import { type JournalEntry, parseJournalEntry } from './journal-entry.ts'
import type { JournalPosition } from './journal-position.ts'
import { JournalRows } from './journal-rows.ts'

/** Bytes of a row of journalctl's: of a line of 8 KiB, each byte as a number, and of the other fields. */
const rowLimit = 512 * 1024
const complaintLimit = 1000

export interface JournalRequest {
  /** `left4me-journalctl` with what comes before it, by absolute path, for example `/usr/bin/sudo -n …`. */
  readonly helper: readonly string[]
  readonly name: string
  /** Entries after this place, all of them. */
  readonly after: JournalPosition
  /** Goes on with new ones until `signal` aborts; else ends with the last one. */
  readonly follow: boolean
  readonly signal: AbortSignal
}

/**
 * A server's console lines out of the journal, oldest first, as they come: while nobody asks for the next ones, none are
 * read. Ends when `signal` aborts. Rejects with `unavailable` when journalctl fails. A follower may end without error
 * (journald deleted what it was reading): read on from the last entry.
 */
export async function* readJournal(request: JournalRequest): AsyncGenerator<JournalEntry[]> {
  let { after } = request
  for (;;) {
    let count = 0
    for await (const entries of readOnce({ ...request, after })) {
      count += entries.length
      after = entries.at(-1)?.position ?? after
      yield entries
    }
    if (request.follow || request.signal.aborted || count < journalLineLimit) return
  }
}

async function* readOnce(request: JournalRequest): AsyncGenerator<JournalEntry[]> {
  const { signal } = request
  if (signal.aborted) return
  const child = startHelper(request)
  // Neither it nor what sudo made of it can be ended by us: it ends when nobody reads what it prints.
  const leave = () => child.stdout.destroy()
  signal.addEventListener('abort', leave, { once: true })
  const ended = once(child, 'close')
  ended.catch(() => undefined)
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, complaintLimit)
  })
  const rows = new JournalRows(rowLimit)
  try {
    for await (const chunk of child.stdout) {
      const entries = rows.push(chunk as Buffer).flatMap(row => parseJournalEntry(row) ?? [])
      if (entries.length > 0) yield entries
    }
    const [code] = await ended
    if (code !== 0) throw unavailable(request.name, complaint.trim() || `its helper ended with ${code}`)
  } catch (error) {
    if (!signal.aborted)
      throw error instanceof HostError ? error : unavailable(request.name, reasonOf(error), error)
  } finally {
    signal.removeEventListener('abort', leave)
    leave()
  }
}

function startHelper({
  helper,
  name,
  after,
  follow,
}: JournalRequest): ChildProcessByStdio<null, Readable, Readable> {
  const [program = '', ...words] = helper
  return spawn(
    program,
    [
      ...words,
      ...[name, '--lines', String(journalLineLimit), '--after-cursor', after.cursor],
      follow ? '--follow' : '--no-follow',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' }, cwd: '/' },
  )
}

function unavailable(name: string, reason: string, cause?: unknown): HostError {
  return new HostError(
    'unavailable',
    `The console of server ${name} can't be read from the journal: ${reason}.`,
    {
      remedy: 'Look at the host’s checks: they say what the helper left4me-journalctl lacks.',
      cause,
    },
  )
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
