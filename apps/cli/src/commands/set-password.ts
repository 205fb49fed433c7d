import type { Command } from '../command.ts'
import { askNewPassword, passwordDetails } from './ask-password.ts'

export const setPassword: Command = {
  name: 'set-password',
  arguments: ['NAME'],
  flags: {},
  summary: "Set somebody's password and end their sessions",
  details: `${passwordDetails}\nWorks while left4me runs, too.`,
  async run({ arguments: [username = ''] }, terminal) {
    const { setPassword: changePassword, readConfig } = await import('@left4me/server')
    const config = readConfig(terminal.environment)
    const password = await askNewPassword(username, terminal)
    await changePassword(config, { username, password })
    terminal.write(`${username} has a new password\n`)
  },
}
