import { pathOf } from '@left4me/contract'
import type { Benchmark, Figure } from '../harness/benchmark.ts'
import { quantile } from '../harness/statistics.ts'
import { type Load, putUnderLoad } from '../probes/load.ts'
import { startMeasured } from '../processes/measured-program.ts'
import { cpuSecondsOf } from '../processes/usage.ts'
import { BenchLeft4me } from '../product/left4me.ts'

const serverCount = 50
const connections = 50
const seconds = 8
const warmUpSeconds = 3

export const listServers: Benchmark = {
  name: 'list-servers',
  title: `GET /api/v1/servers with ${serverCount} running servers, at ${connections} connections`,
  async run(context) {
    const { signal } = context
    await using left4me = await BenchLeft4me.start(context)
    context.say(`list-servers: starting ${serverCount} servers`)
    await left4me.runServers(serverCount, signal)

    const url = `${left4me.web.url}${pathOf('listServers')}`
    const headers = { cookie: left4me.api.cookie }
    const body = await (await fetch(url, { headers })).text()
    await using bare = await startMeasured<string>(
      new URL('./bare-http-server.ts', import.meta.url),
      { body },
      context,
    )
    const measureLoad = async (target: string, length: number) => {
      signal.throwIfAborted()
      return await putUnderLoad({ url: target, headers, connections, seconds: length })
    }
    await measureLoad(bare.answer, warmUpSeconds)
    const floor = await measureLoad(bare.answer, seconds)
    await measureLoad(url, warmUpSeconds)
    const cpuBefore = cpuSecondsOf(left4me.web.pid)
    const load = await measureLoad(url, seconds)
    const cpu = cpuSecondsOf(left4me.web.pid) - cpuBefore

    return {
      samples: [
        { name: 'left4me', unit: 'ms', values: load.latencies },
        { name: 'bare HTTP server', unit: 'ms', values: floor.latencies },
      ],
      figures: [
        { name: 'p99', unit: 'ms', value: quantile(load.latencies, 0.99), aim: { atMost: 20 } },
        ...described('', load),
        {
          name: 'processor time a request',
          unit: 'µs',
          value: (cpu / load.latencies.length) * 1e6,
          aim: null,
        },
        { name: 'bare HTTP server, p99', unit: 'ms', value: quantile(floor.latencies, 0.99), aim: null },
        ...described('bare HTTP server, ', floor),
        { name: 'answer', unit: 'bytes', value: Buffer.byteLength(body), aim: null },
      ],
      notes: [
        'every connection asks again as soon as it is answered: p50 is connections divided by requests a second',
        'the bare HTTP server (node:http, the same bytes out of memory) is what this machine allows; load generator and servers share its cores',
      ],
    }
  },
}

function described(prefix: string, { latencies, requestsPerSecond }: Load): Figure[] {
  return [
    { name: `${prefix}p50`, unit: 'ms', value: quantile(latencies, 0.5), aim: null },
    { name: `${prefix}requests a second`, unit: '1/s', value: requestsPerSecond, aim: null },
  ]
}
