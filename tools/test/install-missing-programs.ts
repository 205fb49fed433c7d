import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { findProgram } from '../test-support/find-program.ts'

/**
 * As root on a Debian installs the programs that suites need by apt-get, `packages` being the Debian package that brings
 * each; elsewhere does nothing, and the suites say what they lack. A package that can't be installed is said and left:
 * its suites can't run then.
 */
export function installMissingPrograms(packages: Readonly<Record<string, string>>): void {
  const missing = Object.entries(packages).flatMap(([program, name]) => (findProgram(program) ? [] : [name]))
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return
  process.stderr.write(`left4me: installing ${missing.join(', ')} with apt-get …\n`)
  const done = aptGet('update') && aptGet('install', '--yes', '--no-install-recommends', ...missing)
  if (!done)
    process.stderr.write('left4me: apt-get failed; suites that need these programs will be skipped\n')
}

/** Waits for another apt-get and asks a mirror that fails again, so that neither costs a suite. */
const patience = ['--option=DPkg::Lock::Timeout=600', '--option=Acquire::Retries=5']

/** Its output goes to stderr. Never asks anything. */
function aptGet(...args: string[]): boolean {
  const { status } = spawnSync('apt-get', ['--quiet=2', ...patience, ...args], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return status === 0
}
