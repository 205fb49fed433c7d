import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Server } from '@left4me/contract'
import type { Benchmark } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import { firstInfoAnswer } from '../probes/a2s-probe.ts'
import { BenchLeft4me } from '../product/left4me.ts'
import { copyGame, startDirectly, unlimitedQueries } from './direct-start.ts'

const repetitions = 12

export const createToJoinable: Benchmark = {
  name: 'create-to-joinable',
  title: 'POST /servers and its start until an A2S client gets the new server’s answer',
  async run(context) {
    await using left4me = await BenchLeft4me.start(context)
    await using folder = await mkdtempDisposable(join(tmpdir(), 'left4me-bench-game-'))
    const game = await copyGame(join(left4me.root, 'installation/revisions/1'), folder.path)
    const { signal } = context

    const accepted: number[] = []
    const throughLeft4me: number[] = []
    const shown: number[] = []
    const directly: number[] = []
    const ownBoots: number[] = []
    // In turns, so that other work on the machine slows both. The first round only warms up.
    for (let round = -1; round < repetitions; round += 1) {
      signal.throwIfAborted()
      const created = await createAndJoin(left4me, `bench ${round + 2}`, signal)
      await left4me.api.power('stopServer', created.server.id)
      // The same port: it is free again, and nothing else of the run may take it.
      const direct = await startDirectly(game, { port: created.server.port, signal })
      if (round < 0) continue
      accepted.push(created.accepted)
      throughLeft4me.push(created.joinable)
      shown.push(created.shown)
      directly.push(direct.joinable)
      ownBoots.push(direct.ownBoot)
    }

    const boot = median(ownBoots)
    return {
      samples: [
        { name: 'create to joinable', unit: 'ms', values: throughLeft4me },
        { name: 'create to the start being accepted', unit: 'ms', values: accepted },
        { name: 'create to the API saying running', unit: 'ms', values: shown },
        { name: 'srcds_run to joinable without left4me', unit: 'ms', values: directly },
        { name: 'the game’s own boot without left4me', unit: 'ms', values: ownBoots },
      ],
      figures: [
        {
          name: 'create to joinable, less the game’s own boot',
          unit: 'ms',
          value: median(throughLeft4me) - boot,
          aim: { atMost: 250 },
        },
        {
          name: 'the same, less srcds_run to joinable without left4me',
          unit: 'ms',
          value: median(throughLeft4me) - median(directly),
          aim: null,
        },
        { name: 'create to joinable', unit: 'ms', value: median(throughLeft4me), aim: null },
        { name: 'of it until the start was accepted', unit: 'ms', value: median(accepted), aim: null },
        { name: 'create to the API saying running', unit: 'ms', value: median(shown), aim: null },
        { name: 'srcds_run to joinable without left4me', unit: 'ms', value: median(directly), aim: null },
        { name: 'the game’s own boot without left4me', unit: 'ms', value: boot, aim: null },
      ],
      notes: [
        `medians of ${repetitions} rounds, left4me and srcds_run alone in turns; a datagram each 4 ms is the error`,
      ],
    }
  },
}

async function createAndJoin(
  left4me: BenchLeft4me,
  name: string,
  signal: AbortSignal,
): Promise<{ server: Server; accepted: number; joinable: number; shown: number }> {
  const begin = performance.now()
  const server = await left4me.api.createServer({ name, arguments: unlimitedQueries })
  const answered = firstInfoAnswer(server.port, { intervalMs: 4, timeoutMs: 30_000, signal })
  answered.catch(() => undefined)
  await left4me.api.call('startServer', { params: { id: server.id } })
  const accepted = performance.now() - begin
  const joinable = (await answered) - begin
  while ((await left4me.api.server(server.id)).state !== 'running') {
    signal.throwIfAborted()
    if (performance.now() - begin > 30_000) throw new Error(`server ${server.id} is not shown as running`)
    await delay(20)
  }
  return { server, accepted, joinable, shown: performance.now() - begin }
}
