import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const fixtures = fileURLToPath(new URL('fixtures/reporter/', import.meta.url))
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))

/** Runs a real Vitest over one of the fixture files. */
function run(file: string, require?: 'all') {
  const { LEFT4ME_TEST_REQUIRE: _, ...environment } = process.env
  const result = spawnSync(process.execPath, [vitest, 'run', '--root', fixtures, file], {
    encoding: 'utf8',
    env: { ...environment, ...(require ? { LEFT4ME_TEST_REQUIRE: require } : {}) },
  })
  const lines = result.stdout.trimEnd().split('\n')
  return { exitCode: result.status, lines, last: lines.at(-1) }
}

describe('the test reporter', () => {
  it('ends a run in which all passes with its counts and exit code 0', () => {
    expect(run('passing')).toMatchObject({ exitCode: 0, last: '1 passed, 0 failed, 0 skipped' })
  })

  it('counts passed, failed and skipped tests in its last line and fails the run', () => {
    expect(run('mixed')).toMatchObject({ exitCode: 1, last: '1 passed, 1 failed, 3 skipped' })
  })

  it('names a suite that this machine cannot run, once, with the reason and its number of tests', () => {
    const named = run('mixed').lines.filter(line => line.startsWith('not run here'))
    expect(named).toEqual([
      'not run here: mixed.case.ts › a suite that needs a moon (2 tests): there is no moon',
    ])
  })

  it('lets a run with suites that cannot run here pass', () => {
    expect(run('skipping')).toMatchObject({ exitCode: 0, last: '1 passed, 0 failed, 1 skipped' })
  })

  it('counts what was skipped as failed with LEFT4ME_TEST_REQUIRE=all', () => {
    expect(run('skipping', 'all')).toMatchObject({ exitCode: 1, last: '1 passed, 1 failed, 0 skipped' })
  })

  it('counts a file that cannot be loaded as a failure', () => {
    expect(run('unloadable')).toMatchObject({ exitCode: 1, last: '0 passed, 1 failed, 0 skipped' })
  })

  it('counts a hook that fails as a failure', () => {
    expect(run('broken-hook')).toMatchObject({ exitCode: 1, last: '0 passed, 1 failed, 1 skipped' })
  })
})
