import type { ApiClient } from '../../../e2e/support/api-client.ts'
import type { Measured } from '../measured.ts'
import { runServer, unitsOf } from './servers.ts'
import { monotonic, systemctl, timeOf } from './systemd.ts'

const rounds = 15

/** A unit of type `exec` is active as soon as the program was executed: the game's own boot is not in it. */
export async function measureStarts(api: ApiClient): Promise<Measured['start']> {
  const server = await runServer(api, 'start')
  const { server: unit, overlay } = unitsOf(server)
  await api.power('stopServer', server.id)
  const samples: Measured['start'] = { api: [], systemctl: [] }
  const activeSince = (begin: number) =>
    timeOf(unit, 'ActiveEnterTimestampMonotonic').then(time => time - begin)
  for (let round = -1; round < rounds; round += 1) {
    let begin = monotonic()
    await api.power('startServer', server.id)
    const byApi = await activeSince(begin)
    await api.power('stopServer', server.id)

    begin = monotonic()
    await systemctl('start', overlay, unit)
    const directly = await activeSince(begin)
    await systemctl('stop', overlay, unit)
    if (round < 0) continue
    samples.api.push(byApi)
    samples.systemctl.push(directly)
  }
  return samples
}
