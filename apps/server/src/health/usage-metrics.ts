import type { InstanceUsage } from '@left4me/host'
import { Gauge, type Registry } from 'prom-client'
import type { LiveState } from '../domain.ts'

/** What is told of each running server, under the name `left4me_server_…`. */
const measures: readonly {
  readonly name: string
  readonly help: string
  /** By the value of the label `kind`; null is left out. */
  readonly read: (usage: InstanceUsage) => Readonly<Record<string, number | null>>
}[] = [
  {
    name: 'cpu_seconds',
    help: 'CPU time that a running server has used since it was started, and that a quota kept from it',
    read: usage => ({ used: usage.cpuSeconds, throttled: usage.throttledSeconds }),
  },
  {
    name: 'memory_bytes',
    help: 'Memory of a running server, where the kernel begins to reclaim it, and where it kills',
    read: usage => ({
      used: usage.memoryBytes,
      high: usage.memoryHighBytes,
      limit: usage.memoryLimitBytes,
    }),
  },
  {
    name: 'processes',
    help: 'Processes of a running server, and how many it may have',
    read: usage => ({ used: usage.processes, limit: usage.processLimit }),
  },
  {
    name: 'io_bytes',
    help: 'Bytes that a running server has read from and written to disks since it was started',
    read: usage => ({ read: usage.readBytes, written: usage.writtenBytes }),
  },
  {
    name: 'pressure_ratio',
    help: 'Share of the last ten seconds in which something of a running server waited',
    read: ({ pressure }) => ({ ...pressure }),
  },
]

/** Gauges, also for what only grows: it begins anew with each run of a server. */
export function registerUsageMetrics(registry: Registry, live: Pick<LiveState, 'usages'>): void {
  for (const { name, help, read } of measures) {
    new Gauge({
      name: `left4me_server_${name}`,
      help,
      labelNames: ['server', 'name', 'kind'],
      registers: [registry],
      collect() {
        this.reset()
        for (const { server, usage } of live.usages()) {
          for (const [kind, value] of Object.entries(read(usage))) {
            if (value !== null) this.set({ server: server.id, name: server.name, kind }, value)
          }
        }
      },
    })
  }
}
