import { DeployError } from '../deploy-error.ts'
import { dropIn, type HostFile } from '../units/host-file.ts'

/** In MiB. */
export interface MemoryDivision {
  /** What one server may take before it is slowed down, and before it is killed. */
  readonly serverHigh: number
  readonly serverMax: number
  /** What games and builds may take together. */
  readonly togetherMax: number
  /** What is kept for games when memory gets scarce. */
  readonly gamesLow: number
}

/** What a server may take where nothing else is said: left4me-server@.service. */
const usual = { high: 1536, max: 2048 }

/** Less than this, and the game doesn't start. */
const leastServer = 768

/**
 * Divides a machine's memory. The system (web application, journal, SSH) keeps an eighth, at least 512 MiB; a quarter is
 * protected for games. A server gets `serverMax`, 2048 unless told, and less only on a machine that hasn't that much.
 * Throws `DeployError` (`bad-memory`) when what is asked for doesn't fit. All in MiB.
 */
export function divideMemory(total: number, serverMax?: number): MemoryDivision {
  const togetherMax = Math.floor(total - Math.max(512, total / 8))
  if (togetherMax < leastServer) {
    throw new DeployError(
      'bad-memory',
      `${total} MiB of memory are too little: a server needs ${leastServer} MiB.`,
      {
        remedy: `Use a machine with ${leastServer + 512} MiB or more.`,
      },
    )
  }
  if (serverMax !== undefined && (serverMax < leastServer || serverMax > togetherMax)) {
    throw new DeployError('bad-memory', `A server can't have ${serverMax} MiB on this machine.`, {
      remedy: `Allow it from ${leastServer} to ${togetherMax} MiB.`,
    })
  }
  const max = Math.floor(serverMax ?? Math.min(usual.max, togetherMax))
  return { serverHigh: Math.floor(max * 0.75), serverMax: max, togetherMax, gamesLow: Math.floor(total / 4) }
}

/**
 * The drop-ins for it. The protection stands on both levels: without the parent's the kernel disregards the child's
 * (https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files, memory.low).
 */
export function memoryDropIns({ serverHigh, serverMax, togetherMax, gamesLow }: MemoryDivision): HostFile[] {
  return [
    dropIn('l4d2.slice', 'memory', 'Slice', [`MemoryMax=${togetherMax}M`, `MemoryLow=${gamesLow}M`]),
    dropIn('l4d2-game.slice', 'memory', 'Slice', [`MemoryLow=${gamesLow}M`]),
    ...(serverHigh === usual.high && serverMax === usual.max
      ? []
      : [
          dropIn('left4me-server@.service', 'memory', 'Service', [
            `MemoryHigh=${serverHigh}M`,
            `MemoryMax=${serverMax}M`,
          ]),
        ]),
  ]
}
