import type { Command } from '../command.ts'
import { printable } from '../terminal/printable.ts'
import { table } from '../terminal/table.ts'

export const doctor: Command = {
  name: 'doctor',
  arguments: [],
  flags: { json: 'Print JSON' },
  summary: 'Check the machine and the data directory; exit code 1 when something is wrong',
  details: 'Changes nothing.',
  async run({ flags }, terminal) {
    const { readConfig, doctor: examine } = await import('@left4me/server')
    const checks = await examine(readConfig(terminal.environment))
    if (checks.some(({ ok }) => !ok)) terminal.setExitCode(1)
    terminal.write(
      flags.has('json')
        ? `${JSON.stringify(checks, null, 2)}\n`
        : table(
            checks.map(({ name, ok, message, remedy }) => [
              ok ? 'ok' : 'WRONG',
              name,
              printable(ok || remedy === null ? message : `${message} ${remedy}`),
            ]),
          ),
    )
  },
}
