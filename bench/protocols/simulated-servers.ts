import { type SrcdsSwitches, startSimulatedServers } from '@left4me/simulator'
import { answerParent, startMeasured } from '../processes/measured-program.ts'

export interface SimulatedServersQuestion {
  readonly count: number
  readonly rconPassword: string
  /** Whether it answers more than 3 queries a second of one address. */
  readonly unlimitedQueries: boolean
  readonly switches: Partial<SrcdsSwitches>
}

export interface SimulatedServerAddress {
  readonly host: string
  readonly port: number
}

const program = new URL(import.meta.url)

/** Simulated servers in a process of their own: what they cost is nobody else's. */
export function startServersApart(
  question: SimulatedServersQuestion,
  { signal }: { readonly signal: AbortSignal },
) {
  // They aren't what is measured: no profile.
  return startMeasured<SimulatedServerAddress[]>(program, question, { signal, profileFolder: null })
}

if (import.meta.main) {
  await answerParent(
    async ({ count, rconPassword, unlimitedQueries, switches }: SimulatedServersQuestion) => {
      const limits = unlimitedQueries ? 'sv_max_queries_sec 1e9\nsv_max_queries_sec_global 1e9\n' : ''
      const servers = await startSimulatedServers(count, index => ({
        rconPassword,
        switches: { seed: index + 1, ...switches },
        files: { 'cfg/server.cfg': `hostname "Bench ${index + 1}"\nsv_tags "bench,tags"\n${limits}` },
      }))
      return servers.map(({ host, port }): SimulatedServerAddress => ({ host, port }))
    },
  )
}
