import type { Command } from '../command.ts'
import { askNewPassword, passwordDetails } from './ask-password.ts'

export const createUser: Command = {
  name: 'create-user',
  arguments: ['NAME'],
  flags: { admin: 'May do everything', json: 'Print JSON' },
  summary: 'Make an account',
  details: `${passwordDetails}\nWorks while left4me runs, too.`,
  async run({ arguments: [username = ''], flags }, terminal) {
    const { createUser: makeAccount, readConfig } = await import('@left4me/server')
    const config = readConfig(terminal.environment)
    const password = await askNewPassword(username, terminal)
    const role = flags.has('admin') ? 'admin' : 'user'
    const user = await makeAccount(config, { username, password, role })
    terminal.write(
      flags.has('json') ? `${JSON.stringify(user, null, 2)}\n` : `${role} ${user.username} can log in now\n`,
    )
  },
}
