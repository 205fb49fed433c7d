import { CommandError } from '../cli-error.ts'
import type { Terminal } from '../command.ts'

const variable = 'LEFT4ME_ADMIN_PASSWORD'

/** Why commands that make a password have no argument for it. */
export const passwordDetails = `The password comes from ${variable} or is asked for twice, never from an argument, which everybody on the machine could read.`

/** A new password. Rejects with CommandError when the two that were typed differ. */
export async function askNewPassword(username: string, terminal: Terminal): Promise<string> {
  const given = terminal.environment[variable]
  if (given !== undefined && given !== '') return given
  const first = await terminal.askSecret(`New password of ${username}`, variable)
  const second = await terminal.askSecret('Once more', variable)
  if (first !== second) throw new CommandError('the two passwords differ: nothing was changed')
  return first
}
