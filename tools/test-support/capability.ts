import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { findProgram } from './find-program.ts'

/**
 * What a test may need of the machine beyond Node. `null` where it is there, otherwise why it isn't, with the remedy,
 * as one sentence. Each is tried out rather than guessed from versions.
 */
const checks = {
  chromium: () =>
    findProgram('chromium') ? null : 'Chromium is not installed; as root on Debian: apt-get install chromium',
  quakestat: () =>
    findProgram('quakestat') ? null : 'quakestat is not installed; as root on Debian: apt-get install qstat',
  'systemd-analyze': () =>
    findProgram('systemd-analyze')
      ? null
      : 'systemd-analyze is not installed; as root on Debian: apt-get install systemd',
  root: () => (process.getuid?.() === 0 ? null : 'it needs root'),
  /** The kernel mounts overlayfs for root of a user and mount namespace of its own (Linux 5.11). */
  overlayfs: () =>
    mountsOverlay(['--user', '--map-root-user', '--mount']) ||
    (process.getuid?.() === 0 && mountsOverlay(['--mount']))
      ? null
      : 'this kernel lets this user mount no overlayfs; run it as root, or set the sysctl kernel.unprivileged_userns_clone to 1',
} satisfies Record<string, () => string | null>

export type Capability = keyof typeof checks

declare module 'vitest' {
  interface TaskMeta {
    /** Why this machine can't run the suite; the reporter names it. */
    notRunBecause?: string
  }
}

const known = new Map<Capability, string | null>()

/** Why this machine lacks `capability`, or null when it has it. Found out once a process. */
export function whyMissing(capability: Capability): string | null {
  const before = known.get(capability)
  if (before !== undefined) return before
  const reason = checks[capability]()
  known.set(capability, reason)
  return reason
}

/**
 * `describe` for a suite that needs something of the machine. Without it the suite is skipped and the reporter says
 * why; with LEFT4ME_TEST_REQUIRE=all the reporter counts that as failed.
 */
export function describeWith(capabilities: readonly Capability[], name: string, body: () => void): void {
  const reasons = capabilities.flatMap(capability => whyMissing(capability) ?? [])
  if (reasons.length === 0) describe(name, body)
  else describe.skip(name, { meta: { notRunBecause: reasons.join('; ') } }, body)
}

function mountsOverlay(namespaces: string[]): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'left4me-capability-'))
  try {
    for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(folder, name))
    execFileSync(
      'unshare',
      [
        ...namespaces,
        'mount',
        '-t',
        'overlay',
        '-o',
        'lowerdir=lower,upperdir=upper,workdir=work',
        'overlay',
        'merged',
      ],
      { cwd: folder, stdio: 'ignore' },
    )
    return true
  } catch {
    return false
  } finally {
    // overlayfs leaves a folder without any permission in its workdir, which only root could look into.
    const inner = join(folder, 'work', 'work')
    if (existsSync(inner)) chmodSync(inner, 0o700)
    rmSync(folder, { recursive: true, force: true })
  }
}
