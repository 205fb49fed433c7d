import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { removeControlGroup } from './control-group.ts'

/** Where each bed that is up has a folder of its own, named after the process that runs it. */
const folders = join(cacheFolder, 'up')

let count = 0

/** A fresh folder for a bed of this process. What beds of processes that are gone left behind is removed first. */
export async function makeBedFolder(): Promise<string> {
  await mkdir(folders, { recursive: true, mode: 0o700 })
  await removeAbandonedBeds()
  const folder = join(folders, `${process.pid}-${await startOf(process.pid)}-${++count}`)
  await mkdir(folder, { mode: 0o755 })
  return folder
}

/**
 * Removes the folders and control groups of beds whose runner was killed. Their processes and mounts went with it: see
 * `openContainer`.
 */
export async function removeAbandonedBeds(): Promise<void> {
  for (const name of await readdir(folders).catch(() => [])) {
    const [pid = '', start = ''] = name.split('-')
    if ((await startOf(Number(pid))) === start) continue
    await removeControlGroup(name)
    await rm(join(folders, name), { recursive: true, force: true })
  }
}

/** The kernel's start time of a process, which tells it from a later one of the same number; null when it is gone. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}
