import { setTimeout as delay } from 'node:timers/promises'
import { A2sClient, A2sPoller } from '@left4me/protocols/client'
import { answerParent } from '../../processes/measured-program.ts'
import type { SimulatedServerAddress } from '../simulated-servers.ts'

export interface PollQuestion {
  readonly targets: readonly SimulatedServerAddress[]
  readonly infoIntervalMs: number
  readonly warmUpMs: number
  /** Parts of the measured time, each a sample. */
  readonly parts: number
  readonly partMs: number
}

export interface PollAnswer {
  readonly answering: number
  /** Answers that came within the measured time. */
  readonly answers: number
  readonly parts: readonly { readonly seconds: number; readonly cpuSeconds: number }[]
}

await answerParent(async (question: PollQuestion): Promise<PollAnswer> => {
  const { targets, infoIntervalMs } = question
  await using client = new A2sClient()
  await client.open()
  const poller = new A2sPoller({ client, infoIntervalMs })
  const reachable = new Map<number, boolean>()
  let answers = 0
  for (const target of targets)
    poller.watch(target, ({ reachability }) => {
      answers += 1
      reachable.set(target.port, reachability === 'answering')
    })
  await delay(question.warmUpMs)
  answers = 0
  const parts: { seconds: number; cpuSeconds: number }[] = []
  for (let part = 0; part < question.parts; part += 1) {
    const begin = performance.now()
    const before = process.cpuUsage()
    await delay(question.partMs)
    const { user, system } = process.cpuUsage(before)
    parts.push({ seconds: (performance.now() - begin) / 1000, cpuSeconds: (user + system) / 1e6 })
  }
  poller.stop()
  return { answering: [...reachable.values()].filter(Boolean).length, answers, parts }
})
