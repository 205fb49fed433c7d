import { gameFacts } from '../../game-facts.ts'
import { unquote } from '../console-text.ts'
import type { Game } from '../game.ts'
import { statusText } from '../status.ts'

export function registerServerCommands(game: Game): void {
  const { console } = game
  console.register('status', 'Display map and connection status.', ({ print }) => print(statusText(game)))
  console.register('echo', 'Echo text to console.', ({ arguments: words, print }) => {
    print(`${words.join(' ')} \n`)
  })
  console.register('exec', 'Execute script file.', ({ arguments: [file], print }) => {
    if (file === undefined) print('exec <filename>: execute a script file\n')
    else game.runConfig(file, print)
  })
  for (const name of ['quit', 'exit', '_restart']) {
    console.register(name, 'Exit the engine.', () => game.quit())
  }
  console.register('say', 'Display player message', ({ rest, print }) => {
    const text = unquote(rest)
    print(`Console: ${text}\n`)
    game.log.write(`"Console<0><Console><Console>" say "${text}"`)
  })
  console.register('version', 'Print version info string.', ({ print }) => {
    print(
      `Protocol version ${gameFacts.networkProtocol}\nExe version ${gameFacts.patchVersion} (${gameFacts.gameFolder}) ${gameFacts.simulated}\nExe build: ${gameFacts.engineBuild}\n`,
    )
  })
  console.register('stats', 'Prints server performance variables', ({ print }) => print(statsText(game)))
  console.register('heartbeat', 'Force heartbeat of master servers', () => {})
  console.register('wait', 'Wait a number of frames before executing the next command', () => {})
  console.register('alias', 'Alias a command.', () => {})
}

function statsText(game: Game): string {
  const players = game.population.players().length
  const minutes = Math.floor((performance.now() - game.startedAt) / 60000)
  const row = [
    (0.2 + players * 1.1).toFixed(2).padStart(7),
    (players * 5.2).toFixed(2).padStart(8),
    (players * 21.4).toFixed(2).padStart(8),
    String(minutes).padStart(7),
    String(game.mapsPlayed).padStart(5),
    (players === 0 ? 2 : 30).toFixed(2).padStart(8),
    String(players).padStart(7),
    String(game.connects).padStart(8),
  ]
  return `CPU    In (KB/s)  Out (KB/s)  Uptime  Map changes  FPS      Players  Connects\n${row.join(' ')}\n`
}
