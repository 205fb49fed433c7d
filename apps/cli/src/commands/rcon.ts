import { RconClient } from '@left4me/protocols/client'
import { parseTarget } from '../arguments/parse-target.ts'
import type { Command } from '../command.ts'
import { printable } from '../terminal/printable.ts'

const variable = 'LEFT4ME_RCON_PASSWORD'

export const rcon: Command = {
  name: 'rcon',
  arguments: ['HOST:PORT', 'COMMAND…'],
  flags: { json: 'Print JSON' },
  summary: 'Run a console command on a game server and print its answer',
  details: `The password comes from ${variable} or a prompt, never from an argument, which everybody on the machine could read.
Words are joined with blanks; quote the whole command where blanks matter. After -- nothing is a flag.
A refused password is never tried again: servers ban who does.`,
  async run({ arguments: [address = '', ...words], flags }, terminal) {
    const target = parseTarget(address)
    const password =
      terminal.environment[variable] ?? (await terminal.askSecret(`RCON password of ${address}`, variable))
    await using client = new RconClient({ ...target, password })
    await client.connect()
    const output = await client.execute(words.join(' '))
    if (flags.has('json')) terminal.write(`${JSON.stringify({ address, output }, null, 2)}\n`)
    else terminal.write(printable(output.replace(/\r\n/g, '\n').replace(/\n*$/, '\n'), { lines: true }))
  },
}
