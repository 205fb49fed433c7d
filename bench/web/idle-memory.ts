import { setTimeout as delay } from 'node:timers/promises'
import type { Benchmark } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import { type MemoryUse, memoryOf } from '../processes/usage.ts'
import { BenchLeft4me } from '../product/left4me.ts'

const serverCount = 10
const readings = 10
/** What a process holds right after its start goes back to the system only after a while. */
const settleMs = 5000

export const webIdleMemory: Benchmark = {
  name: 'web-idle-memory',
  title: `memory of the idle web process and of the supervisor, with no server and with ${serverCount}`,
  async run(context) {
    await using left4me = await BenchLeft4me.start(context)
    await left4me.restartWeb()
    const empty = await readIdle(left4me, context.signal)
    context.say(`web-idle-memory: starting ${serverCount} servers`)
    await left4me.runServers(serverCount, context.signal)
    const afterStarts = await readIdle(left4me, context.signal)
    await left4me.restartWeb()
    const found = await readIdle(left4me, context.signal)

    const series = [
      { name: 'web process, no server', uses: empty.web, aim: { atMost: 120 } },
      { name: `web process, ${serverCount} servers found running`, uses: found.web, aim: { atMost: 120 } },
      { name: `web process, having started ${serverCount}`, uses: afterStarts.web, aim: { atMost: 120 } },
      { name: 'supervisor, no server', uses: empty.supervisor, aim: null },
      { name: `supervisor, ${serverCount} servers`, uses: found.supervisor, aim: null },
    ]
    return {
      samples: series.flatMap(({ name, uses }) => [
        { name: `${name}, RSS`, unit: 'MB', values: uses.map(({ rss }) => rss / 1e6) } as const,
        { name: `${name}, PSS`, unit: 'MB', values: uses.map(({ pss }) => pss / 1e6) } as const,
      ]),
      figures: series.flatMap(({ name, uses, aim }) => [
        { name: `${name}, RSS`, unit: 'MB', value: median(uses.map(({ rss }) => rss / 1e6)), aim } as const,
        {
          name: `${name}, PSS`,
          unit: 'MB',
          value: median(uses.map(({ pss }) => pss / 1e6)),
          aim: null,
        } as const,
      ]),
      notes: [
        `medians of ${readings} readings, one each half second, ${settleMs / 1000} s after the last request`,
        'PSS divides pages that processes share, such as Node’s own program, among them',
      ],
    }
  },
}

async function readIdle(
  left4me: BenchLeft4me,
  signal: AbortSignal,
): Promise<{ web: MemoryUse[]; supervisor: MemoryUse[] }> {
  await delay(settleMs, undefined, { signal })
  const web: MemoryUse[] = []
  const supervisor: MemoryUse[] = []
  for (let reading = 0; reading < readings; reading += 1) {
    web.push(memoryOf(left4me.web.pid))
    supervisor.push(memoryOf(left4me.supervisorPid))
    await delay(500, undefined, { signal })
  }
  return { web, supervisor }
}
