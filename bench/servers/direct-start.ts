import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { firstInfoAnswer } from '../probes/a2s-probe.ts'
import { Program } from '../processes/program.ts'

export interface DirectStart {
  /** From exec to the first A2S answer, ms. */
  readonly joinable: number
  /** What the game says that its own start took, from its process's start to being ready, ms. */
  readonly ownBoot: number
}

/** What a simulated game prints of itself. */
const ownBootLine = /Simulated srcds: ready (\d+) ms after its process started/

/** The game as it was installed, in a folder of its own: what it writes doesn't get into the shared installation. */
export async function copyGame(installation: string, folder: string): Promise<string> {
  const copy = join(folder, 'game')
  await cp(installation, copy, { recursive: true })
  return copy
}

/**
 * A server is silent towards an address that asks too often, which the probe does: it would measure the end of that
 * silence instead.
 */
export const unlimitedQueries = [
  '+sv_max_queries_sec',
  '100000',
  '+sv_max_queries_sec_global',
  '100000',
] as const

/** Runs srcds_run without left4me, with the arguments that left4me gives to a server, and ends it again. */
export async function startDirectly(
  game: string,
  { port, signal }: { port: number; signal: AbortSignal },
): Promise<DirectStart> {
  await using program = Program.start({
    file: join(game, 'srcds_run'),
    arguments: [
      ...['-game', 'left4dead2', '-console', '-norestart', '-strictportbind', '-ip', '0.0.0.0'],
      ...['-port', String(port), '+clientport', String(port + 1000), '+tv_port', String(port + 2000)],
      ...unlimitedQueries,
    ],
    environment: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: game },
    folder: game,
  })
  const answeredAt = await firstInfoAnswer(port, { intervalMs: 4, timeoutMs: 30_000, signal })
  const [, ownBoot = ''] = await program.printed(ownBootLine)
  return { joinable: answeredAt - program.startedAt, ownBoot: Number(ownBoot) }
}
