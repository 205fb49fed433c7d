import type { TreeSize } from './measure-tree.ts'
import type { WatchedTree } from './watched-trees.ts'

export interface MeasuredTree {
  readonly tree: WatchedTree
  readonly size: TreeSize
  /** Bytes since it was last measured. */
  readonly growth: number
  /** Bytes since the last look at which the disk had its reserve free. */
  readonly growthWhileShort: number
}

export interface DiskSpace {
  /** Bytes that the service user may still use, those included that root holds for it. */
  readonly free: number
  readonly reserve: number
}

export interface Offence {
  readonly tree: WatchedTree
  readonly message: string
  /** There is no time to let it end by itself. */
  readonly urgent: boolean
}

/** Less than this, in bytes since the disk ran short, is nobody's fault. */
const noticeableGrowth = 16 * 1024 ** 2
/** Nor is less than an eighth of what is left, while that isn't more than this: there is time to see who goes on. */
const alwaysNoticeable = 256 * 1024 ** 2

/**
 * Who has to be stopped: whoever is over its limit, and, while the disk has less free than its reserve, the one that grows
 * fastest, one at a time, of those that took a good deal of the reserve. That counts from when the disk ran short, not
 * from look to look: however slowly somebody fills it, it is full in the end. What is within its limits and doesn't grow
 * is left alone, however full the disk is.
 */
export function judgeTrees(measured: readonly MeasuredTree[], space: DiskSpace): Offence[] {
  const short = space.free < space.reserve
  const over = measured.flatMap(({ tree, size }) => {
    const message = overLimit(tree, size)
    return message === null ? [] : { tree, message, urgent: short }
  })
  if (!short || over.length > 0) return over
  const noticeable = Math.min(alwaysNoticeable, Math.max(noticeableGrowth, space.free / 8))
  const fastest = measured
    .filter(({ growth, growthWhileShort }) => growth > 0 && growthWhileShort >= noticeable)
    .toSorted((a, b) => b.growth - a.growth)[0]
  if (!fastest) return []
  const message = `The disk had only ${inWords(space.free)} left, and this grew fastest, by ${inWords(fastest.growthWhileShort)} since it ran short.`
  return [{ tree: fastest.tree, message, urgent: true }]
}

function overLimit({ limits }: WatchedTree, size: TreeSize): string | null {
  switch (size.exceeded) {
    case null:
      return null
    case 'bytes':
      return `It has more than the ${inWords(limits.bytes)} on the disk that it may have.`
    case 'files':
      return `It has more than the ${limits.files} files that it may have.`
    case 'depth':
      return 'Its folders are nested too deep to be measured.'
    case 'open-files':
      return 'Its processes have too many files open to be measured.'
  }
}

function inWords(bytes: number): string {
  const [divisor, unit] = bytes >= 1024 ** 3 ? [1024 ** 3, 'GiB'] : [1024 ** 2, 'MiB']
  return `${Math.round((bytes / divisor) * 10) / 10} ${unit}`
}
