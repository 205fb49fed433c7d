import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { removeTree } from '../files/remove-tree.ts'
import { createProcessHost } from '../process/process-host.ts'

/** Why this machine can't run servers, by the driver's own check; null when it can. */
const reason = await whyNot()

/** `describe` for suites that run servers. Where the kernel doesn't let them, they are skipped and the reason is named. */
export function describeWithLayers(name: string, body: () => void): void {
  if (reason === null) describe(name, body)
  else describe.skip(name, { meta: { notRunBecause: reason } }, body)
}

async function whyNot(): Promise<string | null> {
  const root = await mkdtemp(join(tmpdir(), 'left4me-check-'))
  try {
    const host = createProcessHost({ root, node: process.execPath, steamcmd: null })
    const results = await host.checks()
    const failed = results.filter(({ name, ok }) => !ok && (name === 'layers' || name === 'programs'))
    return failed.length === 0
      ? null
      : failed.map(({ message, remedy }) => `${message} ${remedy ?? ''}`).join(' ')
  } finally {
    await removeTree(root)
  }
}
