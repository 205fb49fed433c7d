import type { Benchmark } from './harness/benchmark.ts'
import { createToJoinable } from './servers/create-to-joinable.ts'
import { listServers } from './servers/list-servers.ts'
import { secondServerDisk } from './servers/second-server-disk.ts'
import { webIdleMemory } from './web/idle-memory.ts'

/** In the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  createToJoinable,
  secondServerDisk,
  webIdleMemory,
  listServers,
]
