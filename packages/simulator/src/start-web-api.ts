import { type WebApiSwitches, webApiSwitches } from './steam-web-api/switches.ts'
import { SimulatedWebApi } from './steam-web-api/web-api.ts'
import { initialSwitches } from './switch-table.ts'

export interface RunningWebApi extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string
  /** May be changed while it runs. */
  readonly switches: WebApiSwitches
  /** Method and path of every request so far. */
  readonly requests: readonly string[]
  stop(): Promise<void>
}

/** Runs the simulated Steam Web API in this process, on a free port of 127.0.0.1. */
export async function startSimulatedWebApi(switches: Partial<WebApiSwitches> = {}): Promise<RunningWebApi> {
  const api = new SimulatedWebApi({ ...initialSwitches(webApiSwitches), ...switches })
  const origin = await api.listen(0)
  const stop = (): Promise<void> => api.close()
  return { origin, switches: api.switches, requests: api.requests, stop, [Symbol.asyncDispose]: stop }
}
