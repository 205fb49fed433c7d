import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeAbandonedBeds } from '../../e2e/host/support/bed-folders.ts'
import { repository } from '../bootstrap/repository.mjs'
import { installMissingPrograms } from '../test/install-missing-programs.ts'
import { controlsTable } from '../test-host/controls-table.ts'
import { parseOptions, usage } from '../test-host/options.ts'
import { runParts } from '../test-host/run-parts.ts'
import { runVitest } from '../test-host/run-vitest.ts'
import type { Counts } from '../test-reporter.ts'

/**
 * `npm run test:vm`: deployments to a whole Debian 13, in containers (what repeats: drift, interruptions, upgrades) and in
 * a virtual machine (once as a person has it: from bare to a server that is played on), as root, both at the same time.
 * Prints the minutes of each part and, last, what all came to. Variables: LEFT4ME_TEST_REQUIRE=all counts what was skipped
 * as failed.
 */
const parts = ['container', 'machine'] as const
type Part = (typeof parts)[number]

const options = parseOptions(parts, process.argv.slice(2))
if (options === null) {
  process.stderr.write(`usage: ${usage('test:vm', parts)}\n`)
  process.exit(2)
}
const { filters, controls } = options

const isRoot = process.getuid?.() === 0
const folder = await mkdtemp(join(tmpdir(), 'left4me-test-vm-'))
const guardedResults = join(folder, 'guarded.jsonl')

installMissingPrograms({
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  'dpkg-scanpackages': 'dpkg-dev',
  'qemu-system-x86_64': 'qemu-system-x86',
  ssh: 'openssh-client',
  xz: 'xz-utils',
  'mkfs.ext4': 'e2fsprogs',
  git: 'git',
})
if (isRoot) await removeAbandonedBeds()
else
  process.stderr.write(
    'left4me: not run here: every suite of test:vm, since a container and its mounts need root; run it as root on Debian\n',
  )

// The machine, which takes longest, has its processor before the containers (`MachineState.first`).
const lanes = options.parts.map(part => [part])
const { passed, failed, skipped } = await runParts<Part>(lanes, run)
if (controls) console.log(controlsTable(await readFile(guardedResults, 'utf8').catch(() => '')))
await rm(folder, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 ? 1 : 0

async function run(part: Part): Promise<Counts> {
  const countsFile = join(folder, `${part}.json`)
  return await runVitest(
    [
      ...['node', join(repository, 'node_modules/vitest/vitest.mjs'), 'run'],
      ...['--config', 'e2e/deploy/vitest.config.ts', '--project', part],
      // A chapter of its story makes no sense without the one before.
      ...(part === 'machine' ? ['--bail=1'] : []),
      // The other loaders write beside the file, which not everybody may who may run this.
      ...['--configLoader', 'native'],
      ...filters,
      ...(filters.length > 0 ? ['--passWithNoTests'] : []),
      // A pattern that no name has: everything is collected and nothing is run, so that it counts as skipped.
      ...(isRoot ? [] : ['--testNamePattern', '(?!)']),
    ],
    { ...process.env, LEFT4ME_TEST_COUNTS: countsFile, LEFT4ME_GUARDED_RESULTS: guardedResults },
    () => readFile(countsFile, 'utf8'),
  )
}
