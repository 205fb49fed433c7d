import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Bed } from '../bed.ts'

/** Below /usr, since no unit hides that. */
export const probeFolder = '/usr/share/left4me-probes'

/** Puts the probe programs into a bed, and a copy of id(1) that runs as root for whoever executes it. Idempotent. */
export async function installProbes(bed: Bed): Promise<void> {
  for (const name of [
    'attempt.pl',
    'listener.pl',
    'insert-forever.py',
    'keep-folder.py',
    'racer.pl',
    'trusted.pl',
    'writable-code.lua',
  ])
    await bed.write(
      `${probeFolder}/${name}`,
      readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8'),
      0o755,
    )
  await bed.succeed(`install -m 4755 /usr/bin/id ${probeFolder}/setuid-id`)
}
