import { statfsSync, statSync } from 'node:fs'
import type { HostPaths } from '../host-paths.ts'
import { type HostLimits, readHostLimits } from '../limits/host-limits.ts'
import { readMountTable } from '../mounts/mount-table.ts'
import { programs, runCommand } from '../program/run-command.ts'
import { formatDiskLimit } from '../reports/disk-limit-report.ts'
import { replaceRootFile } from '../root-files/root-file.ts'
import { measureDeletedFiles } from './deleted-files.ts'
import { HeldReserve } from './held-reserve.ts'
import { type DiskSpace, judgeTrees, type MeasuredTree, type Offence } from './judge-trees.ts'
import { measureTree, type TreeSize } from './measure-tree.ts'
import { formatWatchRecord, isDue, readWatchRecord, type TreeRecord } from './watch-record.ts'
import { type WatchedTree, watchedTrees } from './watched-trees.ts'

/** Of a tree that wasn't measured before, what changed in so many ms counts as its growth. */
const firstLook = 30_000

/**
 * One look at what servers and scripts have on the disk, to be called every few seconds by a timer: measures, stops who
 * has to be stopped and leaves the reason. Returns whom it stopped. Needs root, in the host's mount namespace.
 */
export function watchDisk(paths: HostPaths, now = Date.now()): Offence[] {
  const limits = readHostLimits(paths)
  const recordFile = `${paths.run}/disk-watch.json`
  const before = readWatchRecord(recordFile)
  const held = new HeldReserve(paths)
  const space = measureSpace(paths, limits, held.size)
  const short = space.free < space.reserve
  const after = new Map<string, TreeRecord>()
  const measured: MeasuredTree[] = []
  for (const tree of watchedTrees(paths, limits, readMountTable())) {
    const last = before.get(tree.key)
    if (last && !short && !isDue(last, now)) {
      after.set(tree.key, last)
      continue
    }
    const started = performance.now()
    const size = measureWithDeleted(tree, now - firstLook)
    const took = performance.now() - started
    const { bytes } = size
    const bytesBeforeShort = last?.bytesBeforeShort ?? bytes - size.changed
    after.set(tree.key, { bytes, bytesBeforeShort: short ? bytesBeforeShort : bytes, at: now, took })
    const growth = last ? bytes - last.bytes : size.changed
    measured.push({ tree, size, growth, growthWhileShort: bytes - bytesBeforeShort })
  }
  if (before.size > 0 || after.size > 0) replaceRootFile(recordFile, formatWatchRecord(after), 0o600)
  const offences = judgeTrees(measured, space)
  for (const offence of offences) stop(offence, now)
  held.adjust(space)
  return offences
}

/** What no folder shows any more belongs to it too: a file that was deleted and is still written. */
function measureWithDeleted(tree: WatchedTree, since: number): TreeSize {
  const size = measureTree(tree.path, tree.limits, since)
  const devices = [tree.path, tree.mountPoint].map(path => statSync(path, { bigint: true }).dev)
  const deleted = measureDeletedFiles(tree.controlGroup, new Set(devices), since)
  const bytes = size.bytes + deleted.bytes
  return {
    ...size,
    bytes,
    changed: size.changed + deleted.changed,
    exceeded: size.exceeded ?? (bytes > tree.limits.bytes ? 'bytes' : deleted.tooMany ? 'open-files' : null),
  }
}

function measureSpace(paths: HostPaths, limits: HostLimits, held: number): DiskSpace {
  const { bavail, blocks, bsize } = statfsSync(paths.root)
  return {
    free: bavail * bsize + held,
    reserve: limits.reserve ?? Math.min(5 * 1024 ** 3, (blocks * bsize) / 20),
  }
}

/** The reason first: whoever sees the unit stop finds it. */
function stop({ tree, message, urgent }: Offence, at: number): void {
  replaceRootFile(tree.report, formatDiskLimit({ message, remedy: tree.remedy, at }), 0o644)
  runCommand(programs.systemctl, ['stop', '--no-block', ...tree.units])
  // After the stop is asked for: of itself it would count as a crash, and the unit be started again.
  if (urgent) runCommand(programs.systemctl, ['kill', '--kill-whom=all', '--signal=SIGKILL', tree.units[0]])
}
