import type { Game } from '../game.ts'
import { registerCvarCommands } from './cvars.ts'
import { registerLogCommands } from './log.ts'
import { registerMapCommands } from './maps.ts'
import { registerPlayerCommands } from './players.ts'
import { registerPluginCommands } from './plugins.ts'
import { registerServerCommands } from './server.ts'
import { registerSimulatorCommands } from './simulator.ts'

export function registerCommands(game: Game): void {
  registerServerCommands(game)
  registerMapCommands(game)
  registerPlayerCommands(game)
  registerCvarCommands(game)
  registerLogCommands(game)
  registerPluginCommands(game)
  registerSimulatorCommands(game)
}
