import type { Command } from './command.ts'
import { query } from './commands/query.ts'
import { rcon } from './commands/rcon.ts'
import { routes } from './commands/routes.ts'

/** In the order in which help lists them. */
export const commands: readonly Command[] = [routes, query, rcon]
