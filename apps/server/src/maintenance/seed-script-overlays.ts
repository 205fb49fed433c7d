import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { limits } from '@left4me/contract'
import { Audit } from '../audit/audit.ts'
import type { Config } from '../config/config.ts'
import { openDatabase } from '../db/open-database.ts'
import { ProblemError } from '../http/problem-error.ts'
import { type OverlayRecord, OverlayRows } from '../overlays/overlay-rows.ts'
import { ServerError } from '../server-error.ts'

export interface SeededScript {
  readonly file: string
  readonly overlayId: number
  readonly name: string
  readonly outcome: 'made' | 'updated' | 'unchanged'
}

interface ScriptFile {
  readonly file: string
  readonly name: string
  readonly script: string
}

/** Of one folder. */
const mostScripts = 200

/**
 * Makes a script overlay of every `*.sh` of a folder, shared and the platform's own, or brings the one that came from a
 * file of that name up to date: its script, not its name nor whether it is shared, which people may have changed. What
 * didn't come from a file is never touched; an overlay whose file is gone stays. Idempotent; works while the web
 * application runs, and builds nothing. All files are checked before anything is written. Throws ServerError.
 */
export async function seedScriptOverlays(config: Config, folder: string): Promise<SeededScript[]> {
  const files = await readScripts(folder)
  const db = await openDatabase(config.databasePath)
  try {
    const overlays = new OverlayRows(db)
    const audit = new Audit(db)
    const seeded: SeededScript[] = []
    for (const file of files) {
      const result = await seed(overlays, file)
      seeded.push(result)
      if (result.outcome === 'unchanged') continue
      await audit.record({
        user: null,
        action: result.outcome === 'made' ? 'overlay.create' : 'overlay.change',
        target: `overlay:${result.overlayId}`,
        detail: `from ${file.file}, on the command line`,
      })
    }
    return seeded
  } catch (error) {
    if (error instanceof ProblemError) throw refused(error.message, error)
    throw error
  } finally {
    await db.destroy()
  }
}

async function seed(overlays: OverlayRows, { file, name, script }: ScriptFile): Promise<SeededScript> {
  const known = await overlays.bySeedKey(file)
  if (known === null) {
    const { id } = await overlays.insert({
      name,
      kind: 'script',
      ownerId: null,
      shared: true,
      script,
      seedKey: file,
    })
    return { file, overlayId: id, name, outcome: 'made' }
  }
  if (known.script === script) return shown(known, file, 'unchanged')
  return shown(await overlays.change(known.id, { script }), file, 'updated')
}

function shown(record: OverlayRecord, file: string, outcome: SeededScript['outcome']): SeededScript {
  return { file, overlayId: record.id, name: record.name, outcome }
}

async function readScripts(folder: string): Promise<ScriptFile[]> {
  let names: string[]
  try {
    names = (await readdir(folder)).filter(name => name.endsWith('.sh')).sort()
  } catch (error) {
    throw refused(`${folder} can’t be read (${reasonOf(error)}): name a folder of scripts.`, error)
  }
  if (names.length === 0) throw refused(`${folder} holds no script (*.sh): name another folder.`)
  if (names.length > mostScripts) {
    throw refused(
      `${folder} holds ${names.length} scripts, and at most ${mostScripts} are taken: use several folders.`,
    )
  }
  const files: ScriptFile[] = []
  for (const file of names) files.push(await readScript(folder, file))
  const twice = files.find(({ name }, index) => files.findIndex(other => other.name === name) < index)
  if (twice) throw refused(`Two scripts of ${folder} are called “${twice.name}”: give one another “# name:”.`)
  return files
}

async function readScript(folder: string, file: string): Promise<ScriptFile> {
  const path = join(folder, file)
  let bytes: Buffer
  try {
    const { size } = await stat(path)
    if (size > limits.scriptLength * 4) throw tooLong(path)
    bytes = await readFile(path)
  } catch (error) {
    if (error instanceof ServerError) throw error
    throw refused(`${path} can’t be read (${reasonOf(error)}): correct that, or take it out.`, error)
  }
  const script = bytes.toString('utf8')
  if (script.length > limits.scriptLength) throw tooLong(path)
  if (script.includes('\0') || Buffer.compare(Buffer.from(script), bytes) !== 0) {
    throw refused(`${path} is no UTF-8 text: correct that, or take it out.`)
  }
  if (script.trim() === '') throw refused(`${path} is empty: write it, or take it out.`)
  const name = headerOf(script, 'name') ?? file.replace(/\.sh$/, '').replaceAll('-', ' ')
  if (name.length > limits.overlayName || /[\p{Cc}\u2028\u2029]/u.test(name)) {
    throw refused(
      `${path} has a name of more than ${limits.overlayName} characters, or with control characters: shorten “# name:”.`,
    )
  }
  return { file, name, script }
}

/** `# name: …` in the comment that a script begins with. */
function headerOf(script: string, key: string): string | null {
  for (const line of script.split('\n')) {
    if (!line.startsWith('#') && line.trim() !== '') break
    const value = new RegExp(`^#\\s*${key}:\\s*(.*\\S)\\s*$`, 'i').exec(line)?.[1]
    if (value !== undefined) return value
  }
  return null
}

function tooLong(path: string): ServerError {
  return refused(`${path} has more than ${limits.scriptLength} characters: shorten it.`)
}

function refused(message: string, cause?: unknown): ServerError {
  return new ServerError('seed-refused', message, { cause })
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
