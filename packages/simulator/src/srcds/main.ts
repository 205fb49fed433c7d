import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { gameFacts } from '../game-facts.ts'
import { SwitchError, takeSwitches } from '../switch-table.ts'
import { GameTree, MemoryGameFiles } from './game-files.ts'
import { SimulatedServer } from './simulated-server.ts'
import { srcdsSwitches } from './switches.ts'
import type { ServerExit } from './troubles.ts'

/** Runs a simulated srcds as this process, in the game tree of the working directory when there is one. */
export async function runSrcds(commandLine: readonly string[]): Promise<void> {
  let taken: ReturnType<typeof takeSwitches<typeof srcdsSwitches>>
  try {
    taken = takeSwitches(srcdsSwitches, commandLine)
  } catch (error) {
    if (!(error instanceof SwitchError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
    return
  }
  const root = process.cwd()
  const hasTree = existsSync(`${root}/${gameFacts.gameFolder}/steam.inf`)
  const server = new SimulatedServer({
    commandLine: taken.remaining,
    switches: taken.values,
    files: hasTree ? new GameTree(root) : new MemoryGameFiles(),
    onOutput: text => void process.stdout.write(text),
    onExit: endAs,
  })
  const input = createInterface({ input: process.stdin })
  input.on('line', line => server.input(line))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => onSignal(server, signal))
  }
  // A process that hangs stays, whatever it waits for.
  setInterval(() => {}, 0x7fffffff)
  // A reader that has gone away (a closed terminal) must not end the game.
  process.stdout.on('error', () => {})
  if ((await server.start()) === null) return
  // Since the process began, so that a bench can take the simulated game's own time off.
  process.stdout.write(
    `Simulated srcds: ready ${Math.round(performance.now())} ms after its process started.\n`,
  )
}

function onSignal(server: SimulatedServer, signal: NodeJS.Signals): void {
  if (server.game.switches['ignore-signals']) return
  if (server.game.phase === 'hung') {
    // The engine handles SIGINT in its frames, of which there are none now; for the others it has no handler at all.
    if (signal === 'SIGINT') return
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
    return
  }
  void server.stop()
}

function endAs({ code, signal }: ServerExit): void {
  if (signal === null) process.exit(code)
  process.kill(process.pid, signal)
}

// No top-level await: as an executable the whole program is one CommonJS module.
if (import.meta.main) void runSrcds(process.argv.slice(2))
