import { execFile, spawnSync } from 'node:child_process'
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** Debian's nobody: a user with no file of its own. */
const nobody = 65534
const repository = join(import.meta.dirname, '..', '..', '..', '..')
const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs')
const suites = [
  'process-host',
  'process-isolation',
  'content-contract',
  '../instance/hostile-files',
  '../files/remove-tree',
]

const asNobody = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--']

if (process.getuid?.() !== 0)
  it('has run the suites of the process driver as an ordinary user already', () => {
    expect(process.getuid?.()).toBeGreaterThan(0)
  })
else if (!isReadableForNobody())
  describe.skip(
    'run by root, the suites of the process driver',
    {
      meta: { notRunBecause: 'the checkout can be read by root only; clone it where every user may read' },
    },
    suite,
  )
else describe('run by root, the suites of the process driver', suite)

function suite(): void {
  it('hold for an ordinary user too', { timeout: 1_800_000 }, async () => {
    const home = await mkdtemp(join(tmpdir(), 'left4me-nobody-'))
    try {
      await chown(home, nobody, nobody)
      await chmod(home, 0o700)
      await promisify(execFile)(
        'setpriv',
        [
          ...asNobody,
          process.execPath,
          vitest,
          'run',
          // Without a temporary file in node_modules.
          '--configLoader=native',
          '--reporter=json',
          `--outputFile=${join(home, 'report.json')}`,
          ...suites.map(name => join('packages/host/src/process', `${name}.test.ts`)),
        ],
        {
          cwd: repository,
          env: { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: home, CI: '1' },
          maxBuffer: 64 * 1024 * 1024,
        },
      ).catch(() => undefined)
      const report: Report = JSON.parse(await readFile(join(home, 'report.json'), 'utf8'))
      const notPassed = report.testResults
        .flatMap(({ assertionResults, message }) =>
          assertionResults.length > 0 ? assertionResults : [{ fullName: message, status: 'failed' }],
        )
        .filter(({ status }) => status !== 'passed')
      expect(notPassed).toEqual([])
      // None of them has moved without being looked for where it is now.
      expect(report.testResults).toHaveLength(suites.length)
      expect(report.numPassedTests).toBeGreaterThan(60)
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  })
}

function isReadableForNobody(): boolean {
  return spawnSync('setpriv', [...asNobody, 'test', '-r', vitest]).status === 0
}

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}
