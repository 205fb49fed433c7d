import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const prefix = 'left4me-bed-'

/**
 * Makes a control group for one bed, below that of this process: containers that run at once would otherwise share those
 * of their units, and the systemd of each would count, wait for and remove those of the others. cgroups(7), version 2.
 */
export async function makeControlGroup(bed: string): Promise<string> {
  const [own] = await ownControlGroups()
  if (own === undefined)
    throw new Error('this machine has no control groups of version 2: mount cgroup2 on /sys/fs/cgroup')
  const group = join(own, `${prefix}${bed}`)
  await mkdir(group, { recursive: true })
  return group
}

/** Removes what `makeControlGroup` made for the bed, whose processes are gone or going. Idempotent. */
export async function removeControlGroup(bed: string): Promise<void> {
  const groups = (await ownControlGroups()).map(own => join(own, `${prefix}${bed}`))
  for (const deadline = Date.now() + 120_000; ; await delay(20)) {
    try {
      for (const group of groups) await removeTree(group)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || Date.now() > deadline) throw error
    }
  }
}

/** The kernel's own files in it go with the folder; the folders in it have to go first. */
async function removeTree(group: string): Promise<void> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => null)
  if (entries === null) return
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(group, entry.name))
  await rmdir(group).catch((error: NodeJS.ErrnoException) => {
    // Another run may be clearing up after the same one.
    if (error.code !== 'ENOENT') throw error
  })
}

/**
 * That of this process in version 2 first. Where a machine still has version 1 beside it, systemd-nspawn copies what it
 * finds there into the hierarchy that is named after systemd.
 */
async function ownControlGroups(): Promise<string[]> {
  const own = /^0::(\/.*)$/m.exec(await readFile('/proc/self/cgroup', 'utf8'))?.[1]
  if (own === undefined) return []
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  return [/ - cgroup2 /, / - cgroup .*\bname=systemd\b/].flatMap(type => {
    const mount = mounts.find(line => type.test(line))?.split(' ')[4]
    return mount === undefined ? [] : [join(mount, own)]
  })
}
