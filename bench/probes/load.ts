import autocannon from 'autocannon'

export interface Load {
  /** Of every answered request, ms, in the order of the answers. */
  readonly latencies: readonly number[]
  readonly requestsPerSecond: number
}

export interface LoadSettings {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Each asks again as soon as it has its answer. */
  readonly connections: number
  readonly seconds: number
}

/** Rejects when a single request wasn't answered with success: its time would say nothing. */
export async function putUnderLoad({ url, headers = {}, connections, seconds }: LoadSettings): Promise<Load> {
  const latencies: number[] = []
  const begin = performance.now()
  const run = autocannon({ url, headers, connections, duration: seconds })
  let end = begin
  run.on('response', (_client, _status, _bytes, milliseconds) => {
    latencies.push(milliseconds)
    end = performance.now()
  })
  const result = await run
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed > 0) throw new Error(`${failed} of ${latencies.length} requests to ${url} failed`)
  return { latencies, requestsPerSecond: latencies.length / ((end - begin) / 1000) }
}
