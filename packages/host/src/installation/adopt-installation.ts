import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Layout } from '../layout.ts'
import {
  isThere,
  namesIn,
  nextRevision,
  readCurrent,
  writeCurrent,
  writeNote,
} from './installation-folder.ts'

/**
 * Game files that an earlier left4me installed lie in `installation` itself. They become a revision by renames, so that
 * nothing is copied; one that wasn't finished becomes what the next installation goes on with. Killed in between, the
 * next call goes on. Only while nothing runs: a mounted layer isn't to be changed.
 */
export async function adoptInstallation(layout: Layout): Promise<void> {
  if (!(await hasUnversioned(layout))) return
  const adopting = adoptingFolder(layout)
  await mkdir(adopting, { recursive: true, mode: 0o755 })
  const names = await unversionedNames(layout)
  // The program first: without it no server can be started with half a game.
  const ordered = names.toSorted((a, b) => Number(b === 'srcds_run') - Number(a === 'srcds_run'))
  for (const name of ordered) await rename(join(layout.installation, name), join(adopting, name))
  if (await isThere(layout.installationIncomplete)) {
    if (!(await isThere(layout.installationBuilding))) await rename(adopting, layout.installationBuilding)
    await rm(layout.installationIncomplete)
    return
  }
  const revision = await nextRevision(layout)
  await writeNote(layout, revision, Date.now())
  await rename(adopting, layout.installationRevision(revision))
  await writeCurrent(layout, revision)
}

/** Whether there are game files that aren't a revision yet. */
export async function hasUnversioned(layout: Layout): Promise<boolean> {
  if ((await readCurrent(layout)) !== null) return false
  if (await isThere(adoptingFolder(layout))) return true
  const names = await unversionedNames(layout)
  return names.includes('srcds_run') || names.includes('steamapps')
}

function adoptingFolder(layout: Layout): string {
  return join(layout.installationRevisions, '.adopting')
}

async function unversionedNames(layout: Layout): Promise<string[]> {
  return (await namesIn(layout.installation)).filter(
    name => name !== 'revisions' && !name.startsWith('current'),
  )
}
