import { gameFacts } from '../../game-facts.ts'
import type { Game } from '../game.ts'

export function registerMapCommands(game: Game): void {
  const { console } = game
  console.register('map', 'Start playing on specified map.', ({ arguments: [map, mode], print }) => {
    if (map === undefined) {
      print('map <levelname>\n')
      return
    }
    if (!game.files.hasMap(map)) {
      print(`map load failed: ${map} not found or invalid\n`)
      return
    }
    const gameMode = game.cvars.find('mp_gamemode')
    if (mode !== undefined && gameMode !== undefined) game.cvars.set(gameMode, mode)
    game.loadMap(map, false)
  })
  console.register('changelevel', 'Change server to the specified map', ({ arguments: [map], print }) => {
    if (map === undefined) print('changelevel <levelname>: continue game on a new level\n')
    else if (!game.files.hasMap(map)) print(`changelevel failed: ${map} not found\n`)
    else game.loadMap(map, true)
  })
  console.register('restart', 'Restart the game on the same level.', () => {
    game.loadMap(game.map || gameFacts.defaultMap, true)
  })
  console.register('maps', 'Displays list of maps.', ({ arguments: [pattern], print }) => {
    if (pattern === undefined) {
      print('Usage: maps <substring>\nmaps * for full listing\n')
      return
    }
    const found = game.files.maps().filter(map => pattern === '*' || map.includes(pattern))
    print(`-------------\n${found.map(map => `PENDING:   (fs) ${map}.bsp\n`).join('')}`)
  })
}
