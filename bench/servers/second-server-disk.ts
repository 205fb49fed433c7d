import type { Benchmark } from '../harness/benchmark.ts'
import { median, sum } from '../harness/statistics.ts'
import { allocatedBytesByEntry } from '../probes/disk-usage.ts'
import { BenchLeft4me } from '../product/left4me.ts'

const furtherServers = 5
/** The database: shared by all servers, grown in pages and by its write-ahead log whatever is done. */
const database = 'data'

export const secondServerDisk: Benchmark = {
  name: 'second-server-disk',
  title: 'what a further created and started server adds to the data directory',
  async run(context) {
    await using left4me = await BenchLeft4me.start(context)
    await left4me.runServers(1, context.signal)
    const installation = (await allocatedBytesByEntry(left4me.root)).get('installation') ?? 0

    const additions: Map<string, number>[] = []
    for (let count = 0; count < furtherServers; count += 1) {
      const before = await allocatedBytesByEntry(left4me.root)
      await left4me.runServers(1, context.signal)
      const after = await allocatedBytesByEntry(left4me.root)
      additions.push(new Map([...after].map(([name, bytes]) => [name, bytes - (before.get(name) ?? 0)])))
    }

    const addedTo = (name: string) => additions.map(added => added.get(name) ?? 0)
    const files = additions.map(added => sum([...added.values()]) - (added.get(database) ?? 0))
    const parts = [...new Set(additions.flatMap(added => [...added.keys()]))].filter(
      name => name !== database && addedTo(name).some(bytes => bytes !== 0),
    )
    return {
      samples: [
        { name: 'server’s files', unit: 'bytes', values: files },
        ...[...parts, database].map(
          name => ({ name: `in ${name}/`, unit: 'bytes', values: addedTo(name) }) as const,
        ),
      ],
      figures: [
        { name: 'server’s files', unit: 'bytes', value: median(files), aim: { atMost: 64 * 1024 } },
        ...parts.map(
          name =>
            ({
              name: `of them in ${name}/`,
              unit: 'bytes',
              value: median(addedTo(name)),
              aim: null,
            }) as const,
        ),
        { name: 'besides in data/', unit: 'bytes', value: median(addedTo(database)), aim: null },
        { name: 'the installation that they share', unit: 'bytes', value: installation, aim: null },
      ],
      notes: [
        `medians over the 2nd to ${furtherServers + 1}th server while it runs; allocated blocks, as du counts`,
        'the database in data/ is not held against the aim: it grows by pages and by its log, whatever is done',
      ],
    }
  },
}
