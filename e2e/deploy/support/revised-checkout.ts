import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository } from '../../../tools/bootstrap/repository.mjs'
import { commandOutput } from '../../host/support/run-command.ts'

/** A clone of this repository in which a test commits other revisions of left4me. */
export class RevisedCheckout implements AsyncDisposable {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async open(): Promise<RevisedCheckout> {
    const folder = await mkdtemp(join(tmpdir(), 'left4me-revised-'))
    await commandOutput(['git', 'clone', '--quiet', repository, folder])
    return new RevisedCheckout(folder)
  }

  /** Appends to a file. */
  async append(path: string, text: string): Promise<void> {
    await appendFile(join(this.folder, path), text)
  }

  /** Replaces what is in a file once; throws when it isn't. */
  async replace(path: string, before: string, after: string): Promise<void> {
    const file = join(this.folder, path)
    const text = await readFile(file, 'utf8')
    if (text.split(before).length !== 2) throw new Error(`${path} doesn't have this once: ${before}`)
    await writeFile(
      file,
      text.replace(before, () => after),
    )
  }

  /** Adds a migration, run after all others. */
  async migration(name: string, sql: string): Promise<void> {
    await this.replace(
      'apps/server/src/db/migration-list.ts',
      '\n}\n',
      `\n  '${name}': { up: async db => void (await raw.raw(${JSON.stringify(sql)}).execute(db)) },\n}\n`,
    )
    const list = join(this.folder, 'apps/server/src/db/migration-list.ts')
    const text = await readFile(list, 'utf8')
    if (!text.includes('sql as raw')) await writeFile(list, `import { sql as raw } from 'kysely'\n${text}`)
  }

  /** Takes back what isn't committed, and with `revision` what was. */
  async reset(revision = 'HEAD'): Promise<void> {
    await commandOutput(['git', '-C', this.folder, 'reset', '--quiet', '--hard', revision])
  }

  /** Commits all that was changed; the revision. */
  async commit(message: string): Promise<string> {
    const author = ['-c', 'user.name=zoey', '-c', 'user.email=zoey@example.org']
    await commandOutput(['git', '-C', this.folder, ...author, 'commit', '--quiet', '--all', '-m', message])
    return (await commandOutput(['git', '-C', this.folder, 'rev-parse', 'HEAD'])).trim()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
