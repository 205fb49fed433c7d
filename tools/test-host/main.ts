import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeAbandonedBeds } from '../../e2e/host/support/bed-folders.ts'
import { repository } from '../bootstrap/repository.mjs'
import { installMissingPrograms } from '../test/install-missing-programs.ts'
import type { Counts } from '../test-reporter.ts'
import { controlsTable } from './controls-table.ts'
import { parseOptions, usage } from './options.ts'
import { runInside } from './run-inside.ts'
import { runParts } from './run-parts.ts'
import { runVitest } from './run-vitest.ts'

/**
 * `npm run test:host`: the suites that need a whole Debian 13, in a container and in a virtual machine made for them, as
 * root. Prints the minutes of each part and, last, what all came to. Variables: LEFT4ME_TEST_REQUIRE=all counts what was
 * skipped as failed.
 */
/** What it is made of, the quick ones first. */
const parts = ['inside', 'container', 'machine'] as const
type Part = (typeof parts)[number]

const options = parseOptions(parts, process.argv.slice(2))
if (options === null) {
  process.stderr.write(`usage: ${usage('test:host', parts)}\n`)
  process.exit(2)
}
const { filters, controls } = options

const isRoot = process.getuid?.() === 0
const required = process.env['LEFT4ME_TEST_REQUIRE']
const variables = required === undefined ? {} : { LEFT4ME_TEST_REQUIRE: required }
const folder = await mkdtemp(join(tmpdir(), 'left4me-test-host-'))
const guardedResults = join(folder, 'guarded.jsonl')

let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    interrupted = true
  })

installMissingPrograms({
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  'qemu-system-x86_64': 'qemu-system-x86',
  ssh: 'openssh-client',
  xz: 'xz-utils',
  'mkfs.ext4': 'e2fsprogs',
})
if (!isRoot)
  process.stderr.write(
    'left4me: not run here: every suite of test:host, since a container and its mounts need root; run it as root on Debian\n',
  )
if (isRoot) await removeAbandonedBeds()

// The machine takes one processor and as long as the others, which take the other one.
const lanes = [['inside', 'container'] as const, ['machine'] as const].map(lane =>
  lane.filter(part => options.parts.includes(part)),
)
const { passed, failed, skipped } = await runParts<Part>(lanes, run, () => interrupted)
if (controls) console.log(controlsTable(await readFile(guardedResults, 'utf8').catch(() => '')))
await rm(folder, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed > 0 ? 1 : 0

async function run(part: Part): Promise<Counts> {
  const vitestArguments = [
    // The other loaders write beside the file, which not everybody may who may run this.
    ...['--configLoader', 'native'],
    ...filters,
    ...(filters.length > 0 ? ['--passWithNoTests'] : []),
    // A pattern that no name has: everything is collected and nothing is run, so that it counts as skipped.
    ...(isRoot ? [] : ['--testNamePattern', '(?!)']),
  ]
  if (part === 'inside' && isRoot) return await runInside(vitestArguments, variables)
  const countsFile = join(folder, `${part}.json`)
  const suite =
    part === 'inside'
      ? ['--config', 'e2e/host/inside/vitest.config.ts']
      : ['--config', 'e2e/host/vitest.config.ts', '--project', part]
  return await runVitest(
    ['node', join(repository, 'node_modules/vitest/vitest.mjs'), 'run', ...suite, ...vitestArguments],
    { ...process.env, LEFT4ME_TEST_COUNTS: countsFile, LEFT4ME_GUARDED_RESULTS: guardedResults },
    () => readFile(countsFile, 'utf8'),
  )
}
