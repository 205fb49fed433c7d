import { pathOf, type Server } from '@left4me/contract'
import type { ApiClient } from '../../../e2e/support/api-client.ts'
import { waitFor } from '../../../e2e/support/wait-for.ts'
import { DirectLines } from '../../live/direct-lines.ts'
import { NumberedLines } from '../../live/numbered-lines.ts'
import type { Measured } from '../measured.ts'
import { runServer } from './servers.ts'
import { systemctl } from './systemd.ts'

const linesPerSecond = 5
const steadySeconds = 40
const unwokenSeconds = 10
const burst = 10_000
const wake = ['left4me-log-wake.socket', 'left4me-log-wake.service']

export async function measureLines(api: ApiClient, url: string): Promise<Measured['lines']> {
  const listen = (server: Server, end: AbortController) =>
    NumberedLines.listen({
      url: `${url}${pathOf('serverEvents', { id: server.id }, { lines: 0 })}`,
      cookie: api.cookie,
      prefix: 'simulated line',
      signal: end.signal,
    })
  const listenFor = async (server: Server, seconds: number) => {
    const end = new AbortController()
    const listener = listen(server, end)
    await waitFor('enough lines', () => listener.lines.length >= linesPerSecond * seconds, 60_000)
    end.abort()
    return await listener.ended
  }

  const talking = await runServer(api, 'lines', ['-simulate-lines-per-second', String(linesPerSecond)])
  // The first lines come while it is being found.
  await listenFor(talking, 1)
  const printer = DirectLines.start(linesPerSecond)
  const steady = await listenFor(talking, steadySeconds)
  await printer[Symbol.asyncDispose]()
  await systemctl('stop', ...wake)
  const unwoken = await listenFor(talking, unwokenSeconds)
  await systemctl('start', 'left4me-log-wake.socket')
  await api.power('stopServer', talking.id)

  const bursting = await runServer(api, 'burst')
  const end = new AbortController()
  const listener = listen(bursting, end)
  await listener.open
  await api.call('runCommand', { params: { id: bursting.id }, body: { command: `simulate_lines ${burst}` } })
  await waitFor('the whole burst', () => listener.quietFor(2000) && listener.lines.length > 0, 60_000)
  end.abort()
  const lines = await listener.ended
  await api.power('stopServer', bursting.id)
  const latencies = (of: typeof lines) => of.map(({ latency }) => latency)
  return {
    steady: latencies(steady),
    unwoken: latencies(unwoken),
    pipe: printer.latencies,
    burst: latencies(lines),
    burstDuration: (lines.at(-1)?.receivedAt ?? 0) - (lines[0]?.printedAt ?? 0),
    faults: faultsOf(steady) + faultsOf(unwoken) + faultsOf(lines) + Math.abs(burst - lines.length),
  }
}

/** Steps from one line to the next that aren't one. */
function faultsOf(lines: readonly { readonly number: number }[]): number {
  return lines.filter(({ number }, index) => index > 0 && number !== (lines[index - 1]?.number ?? 0) + 1)
    .length
}
