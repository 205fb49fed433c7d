import { resolve } from 'node:path'
import type { Command } from '../command.ts'
import { printable } from '../terminal/printable.ts'
import { table } from '../terminal/table.ts'

export const seedScriptOverlays: Command = {
  name: 'seed-script-overlays',
  arguments: ['DIR'],
  flags: { json: 'Print JSON' },
  summary: 'Make a shared script overlay of each *.sh of a folder, or bring it up to date',
  details:
    'A file keeps its overlay: its script is replaced, its name and who may use it stay as people set them. “# name: …” at the top of a script names its overlay. Overlays that came from no file are never touched. Builds nothing. Works while left4me runs, too.',
  async run({ arguments: [folder = ''], flags }, terminal) {
    const { readConfig, seedScriptOverlays: seed } = await import('@left4me/server')
    const seeded = await seed(readConfig(terminal.environment), resolve(folder))
    terminal.write(
      flags.has('json')
        ? `${JSON.stringify(seeded, null, 2)}\n`
        : table(
            seeded.map(({ file, overlayId, name, outcome }) => [
              outcome,
              overlayId,
              printable(name),
              printable(file),
            ]),
          ),
    )
  },
}
