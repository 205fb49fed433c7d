import { pathOf, type Server } from '@left4me/contract'
import type { ApiClient } from '../../../e2e/support/api-client.ts'
import { readEvents } from '../../../e2e/support/event-stream.ts'
import { waitFor } from '../../../e2e/support/wait-for.ts'
import { runServer, unitsOf } from './servers.ts'
import { monotonic, run, systemctl, timeOf } from './systemd.ts'

const rounds = 15

/** Units are stopped behind the application's back: only systemd tells it. */
export async function measureStateChanges(api: ApiClient, url: string): Promise<number[]> {
  const server = await runServer(api, 'state')
  const units = unitsOf(server)
  const heard: { readonly state: string; readonly at: number }[] = []
  const end = new AbortController()
  const listening = (async () => {
    const address = `${url}${pathOf('serverEvents', { id: server.id }, { lines: 0 })}`
    for await (const { name, data } of readEvents(address, { cookie: api.cookie }, end.signal))
      if (name === 'server') heard.push({ state: (data as Server).state, at: monotonic() })
  })()
  listening.catch(() => undefined)
  // systemd forgets the times of a unit that is inactive and that nothing refers to.
  await run('/usr/bin/systemd-run', ['--quiet', `--property=After=${units.server}`, 'sleep', 'infinity'])
  const samples: number[] = []
  for (let round = -1; round < rounds; round += 1) {
    await waitFor('it is running', () => heard.at(-1)?.state === 'running', 60_000)
    heard.length = 0
    await systemctl('stop', units.server, units.overlay)
    const left = await timeOf(units.server, 'ActiveExitTimestampMonotonic')
    const first = await waitFor('the change was heard of', () =>
      heard.find(({ state }) => state !== 'running'),
    )
    if (round >= 0) samples.push(first.at - left)
    await api.power('startServer', server.id)
  }
  end.abort()
  await listening.catch(() => undefined)
  await api.power('stopServer', server.id)
  return samples
}
