import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeAbandonedBeds } from '../../e2e/host/support/bed-folders.ts'
import { repository } from '../bootstrap/repository.mjs'
import { installMissingPrograms } from '../test/install-missing-programs.ts'
import { controlsTable } from '../test-host/controls-table.ts'
import { parseOptions, usage } from '../test-host/options.ts'
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

// Both at once: what the second one prints is shown when the first one is done. The machine, which takes longest, has
// its processor before the containers (`MachineState.first`).
const results = await Promise.all(
  options.parts.map(async (part, at) => {
    if (at === 0) return { ...(await timed(part, 'inherit')), log: null }
    const log = join(folder, `${part}.log`)
    await using file = await open(log, 'w')
    return { ...(await timed(part, file.fd)), log }
  }),
)
for (const { log } of results) if (log !== null) process.stdout.write(await readFile(log))
if (controls) console.log(controlsTable(await readFile(guardedResults, 'utf8').catch(() => '')))
await rm(folder, { recursive: true, force: true })
const total = (count: keyof Counts): number => results.reduce((sum, { counts }) => sum + counts[count], 0)
console.log(results.map(({ part, minutes }) => `${minutes.toFixed(1).padStart(5)} min  ${part}`).join('\n'))
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
process.exitCode = total('failed') > 0 ? 1 : 0

async function timed(
  part: Part,
  output: 'inherit' | number,
): Promise<{ part: Part; minutes: number; counts: Counts }> {
  if (output === 'inherit') console.log(`== ${part}`)
  const begin = performance.now()
  const counts = await run(part, output).catch((error: unknown) => {
    console.error(error)
    return { passed: 0, failed: 1, skipped: 0 }
  })
  return { part, minutes: (performance.now() - begin) / 60_000, counts }
}

async function run(part: Part, output: 'inherit' | number): Promise<Counts> {
  const countsFile = join(folder, `${part}.json`)
  return await runVitest(
    [
      ...['node', join(repository, 'node_modules/vitest/vitest.mjs'), 'run'],
      ...['--config', 'e2e/deploy/vitest.config.ts', '--project', part],
      // The other loaders write beside the file, which not everybody may who may run this.
      ...['--configLoader', 'native'],
      ...filters,
      ...(filters.length > 0 ? ['--passWithNoTests'] : []),
      // A pattern that no name has: everything is collected and nothing is run, so that it counts as skipped.
      ...(isRoot ? [] : ['--testNamePattern', '(?!)']),
    ],
    { ...process.env, LEFT4ME_TEST_COUNTS: countsFile, LEFT4ME_GUARDED_RESULTS: guardedResults },
    () => readFile(countsFile, 'utf8'),
    output,
  )
}
