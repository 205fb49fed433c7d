import type { Command } from './command.ts'
import { backup } from './commands/backup.ts'
import { createUser } from './commands/create-user.ts'
import { doctor } from './commands/doctor.ts'
import { inspect } from './commands/inspect.ts'
import { migrate } from './commands/migrate.ts'
import { query } from './commands/query.ts'
import { rcon } from './commands/rcon.ts'
import { restore } from './commands/restore.ts'
import { routes } from './commands/routes.ts'
import { seedScriptOverlays } from './commands/seed-script-overlays.ts'
import { serve } from './commands/serve.ts'
import { setPassword } from './commands/set-password.ts'
import { shell } from './commands/shell.ts'
import { workshopRefresh } from './commands/workshop-refresh.ts'

/** In the order in which help lists them. */
export const commands: readonly Command[] = [
  serve,
  migrate,
  createUser,
  setPassword,
  seedScriptOverlays,
  workshopRefresh,
  backup,
  restore,
  doctor,
  routes,
  shell,
  query,
  rcon,
  inspect,
]
