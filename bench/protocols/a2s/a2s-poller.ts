import type { Benchmark, BenchmarkContext } from '../../harness/benchmark.ts'
import { median, sum } from '../../harness/statistics.ts'
import { measure } from '../../processes/measured-program.ts'
import { startServersApart } from '../simulated-servers.ts'
import type { PollAnswer, PollQuestion } from './poll-program.ts'
import type { QueryAnswer, QueryQuestion } from './query-program.ts'
import { type SubjectName, subjectNames } from './subjects.ts'

const concurrency = 32
const rounds = 5
const polled = 500
const pollIntervalMs = 5000

export const a2sPoller: Benchmark = {
  name: 'a2s-poller',
  title: `A2S INFO and PLAYER at ${concurrency} at a time, beside three other clients; ${polled} servers polled`,
  async run(context) {
    const answers = await compareClients(context)
    const poll = await pollMany(context)

    const rates = new Map<SubjectName, number>()
    const costs = new Map<SubjectName, number>()
    for (const [name, runs] of answers) {
      rates.set(name, median(runs.map(({ queries, seconds }) => queries / seconds)))
      costs.set(name, median(runs.map(({ queries, cpuSeconds }) => (cpuSeconds / queries) * 1e6)))
    }
    const others = subjectNames.filter(name => name !== 'left4me')
    const best = Math.max(...others.map(name => rates.get(name) ?? 0))
    const cheapest = Math.min(...others.map(name => costs.get(name) ?? Number.NaN))
    const shares = poll.parts.map(({ seconds, cpuSeconds }) => (cpuSeconds / seconds) * 100)
    return {
      samples: [
        ...[...answers].flatMap(([name, runs]) => [
          { name, unit: '1/s', values: runs.map(({ queries, seconds }) => queries / seconds) } as const,
          {
            name: `${name}, processor time a query`,
            unit: 'µs',
            values: runs.map(({ queries, cpuSeconds }) => (cpuSeconds / queries) * 1e6),
          } as const,
        ]),
        { name: `${polled} servers polled, of a core`, unit: '%', values: shares },
      ],
      figures: [
        {
          name: 'queries a second, against the best other',
          unit: 'times',
          value: (rates.get('left4me') ?? 0) / best,
          aim: { atLeast: 2 },
        },
        {
          name: 'processor time a query, the best other against ours',
          unit: 'times',
          value: cheapest / (costs.get('left4me') ?? Number.NaN),
          aim: null,
        },
        ...subjectNames.flatMap(name => [
          { name: `${name}`, unit: '1/s', value: rates.get(name) ?? Number.NaN, aim: null } as const,
          {
            name: `${name}, processor time a query`,
            unit: 'µs',
            value: costs.get(name) ?? Number.NaN,
            aim: null,
          } as const,
        ]),
        {
          name: `${polled} servers each ${pollIntervalMs / 1000} s, of a core`,
          unit: '%',
          value: median(shares),
          aim: { atMost: 3 },
        },
        { name: 'of them answering', unit: 'count', value: poll.answering, aim: { atLeast: polled } },
      ],
      notes: [
        `medians of ${rounds} rounds, one client after the other in each; queries a second end where the simulated servers, on another core, can answer no more`,
        ...subjectNames
          .map(name => ({ name, failures: sum((answers.get(name) ?? []).map(run => run.failures)) }))
          .filter(({ failures }) => failures > 0)
          .map(({ name, failures }) => `${name} failed ${failures} times`),
        `${poll.answers} answers of the ${polled} servers in ${sum(poll.parts.map(({ seconds }) => seconds)).toFixed(0)} s; PLAYER is asked where somebody plays`,
      ],
    }
  },
}

async function compareClients(context: BenchmarkContext): Promise<Map<SubjectName, QueryAnswer[]>> {
  await using servers = await startServersApart(
    { count: concurrency, rconPassword: 'bench', unlimitedQueries: true, switches: { players: 4 } },
    context,
  )
  const answers = new Map<SubjectName, QueryAnswer[]>(subjectNames.map(name => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const subject of subjectNames) {
      const question: QueryQuestion = { subject, targets: servers.answer, warmUpMs: 500, measureMs: 1000 }
      answers
        .get(subject)
        ?.push(await measure<QueryAnswer>(new URL('./query-program.ts', import.meta.url), question, context))
    }
  return answers
}

async function pollMany(context: BenchmarkContext): Promise<PollAnswer> {
  context.say(`a2s-poller: ${polled} servers`)
  await using servers = await startServersApart(
    { count: polled, rconPassword: 'bench', unlimitedQueries: false, switches: { players: 2 } },
    context,
  )
  const question: PollQuestion = {
    targets: servers.answer,
    infoIntervalMs: pollIntervalMs,
    warmUpMs: 6000,
    parts: 4,
    partMs: 5000,
  }
  return await measure<PollAnswer>(new URL('./poll-program.ts', import.meta.url), question, context)
}
