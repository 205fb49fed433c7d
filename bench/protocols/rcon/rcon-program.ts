import { RconClient } from '@left4me/protocols/client'
import Rcon from 'rcon'
import { answerParent } from '../../processes/measured-program.ts'
import type { SimulatedServerAddress } from '../simulated-servers.ts'

export const rconSubjects = ['left4me', 'rcon'] as const
export type RconSubject = (typeof rconSubjects)[number]

export interface RconQuestion {
  readonly subject: RconSubject
  readonly target: SimulatedServerAddress
  readonly password: string
  readonly command: string
  readonly commands: number
  /** A command whose answer has many frames, and how many: one client can't tell where an answer ends. */
  readonly large: { readonly command: string; readonly bytes: number; readonly frames: number }
}

export interface RconRun {
  /** ms, one a command. */
  readonly latencies: readonly number[]
  readonly cpuSeconds: number
  readonly largeMs: number
  /** Characters of the large answer that arrived broken. */
  readonly broken: number
}

interface Session {
  execute(command: string, frames: number): Promise<string>
  close(): void
}

const sessionOf: Record<RconSubject, (question: RconQuestion) => Promise<Session>> = {
  left4me: async ({ target, password }) => {
    const client = new RconClient({ ...target, password, timeoutMs: 20_000 })
    await client.connect()
    return { execute: command => client.execute(command), close: () => void client.close() }
  },
  // It hands over each frame by itself and doesn't say which is the last.
  rcon: async ({ target, password }) => {
    const client = new Rcon(target.host, target.port, password)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let take: (text: string) => void = () => undefined
    client.on('auth', resolve)
    client.on('error', reject)
    client.on('response', text => take(text))
    client.connect()
    await promise
    return {
      execute: (command, frames) =>
        new Promise(done => {
          const parts: string[] = []
          take = text => {
            parts.push(text)
            if (parts.length === frames) done(parts.join(''))
          }
          client.send(command)
        }),
      close: () => client.disconnect(),
    }
  },
}

if (import.meta.main)
  await answerParent(async (question: RconQuestion): Promise<RconRun> => {
    const session = await sessionOf[question.subject](question)
    for (let index = 0; index < 50; index += 1) await session.execute(question.command, 1)
    const latencies: number[] = []
    const before = process.cpuUsage()
    for (let index = 0; index < question.commands; index += 1) {
      const begin = performance.now()
      const answer = await session.execute(question.command, 1)
      latencies.push(performance.now() - begin)
      if (answer === '') throw new Error(`${question.command} was answered with nothing`)
    }
    const { user, system } = process.cpuUsage(before)
    const begin = performance.now()
    const large = await session.execute(question.large.command, question.large.frames)
    const largeMs = performance.now() - begin
    session.close()
    const whole = Buffer.byteLength(large) === question.large.bytes
    const broken = large.split('\ufffd').length - 1
    if (!whole && broken === 0)
      throw new Error(`the large answer has ${Buffer.byteLength(large)} of ${question.large.bytes} bytes`)
    return { latencies, cpuSeconds: (user + system) / 1e6, largeMs, broken }
  })
