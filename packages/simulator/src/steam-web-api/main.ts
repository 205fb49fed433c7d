import { parseArgs } from 'node:util'
import { gameFacts } from '../game-facts.ts'
import { SwitchError, takeSwitches } from '../switch-table.ts'
import { webApiSwitches } from './switches.ts'
import { SimulatedWebApi } from './web-api.ts'

/**
 * Runs the simulated Web API as this process, until a signal ends it; with `--end-with-stdin` also when standard input
 * does, so that it doesn't outlive whoever started it.
 */
export async function runWebApi(commandLine: readonly string[]): Promise<void> {
  let api: SimulatedWebApi
  let origin: string
  let endWithStdin = false
  try {
    const { values, remaining } = takeSwitches(webApiSwitches, commandLine)
    const { values: options } = parseArgs({
      args: remaining,
      options: {
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
        'end-with-stdin': { type: 'boolean', default: false },
      },
    })
    endWithStdin = options['end-with-stdin']
    api = new SimulatedWebApi(values)
    origin = await api.listen(Number(options.port), options.host)
  } catch (error) {
    const wrongUse = error instanceof SwitchError || error instanceof TypeError || error instanceof RangeError
    process.stderr.write(`steam-web-api: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = wrongUse ? 2 : 1
    return
  }
  process.stdout.write(`${gameFacts.simulated} Steam Web API: listening on ${origin}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void api.close())
  if (endWithStdin) process.stdin.once('close', () => void api.close()).resume()
}
