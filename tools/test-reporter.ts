import type { Reporter, SerializedError, TestModule, TestSuite, Vitest } from 'vitest/node'

interface Tally {
  passed: number
  failed: number
  skipped: number
  /** Suites that this machine can't run, with the reason. */
  notRun: { suite: string; reason: string; tests: number }[]
}

/** Counts what ran. A file that can't be loaded and a hook that fails count as one failure each. */
function tally(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Tally {
  const sum: Tally = { passed: 0, failed: unhandledErrors.length, skipped: 0, notRun: [] }
  for (const module of modules) {
    sum.failed += module.errors().length
    for (const suite of module.children.allSuites()) {
      sum.failed += suite.errors().length
      const reason = suite.meta().notRunBecause
      if (reason !== undefined && suite.parent.type !== 'suite')
        sum.notRun.push({
          suite: nameOf(module, suite),
          reason,
          tests: [...suite.children.allTests()].length,
        })
    }
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') sum.passed++
      else if (state === 'failed') sum.failed++
      else sum.skipped++
    }
  }
  return sum
}

/**
 * What the reporter prints at the very end. With `requireAll` (LEFT4ME_TEST_REQUIRE=all) whatever was skipped counts
 * as failed.
 */
function closingLines(sum: Tally, requireAll: boolean): string[] {
  const failed = requireAll ? sum.failed + sum.skipped : sum.failed
  const skipped = requireAll ? 0 : sum.skipped
  return [
    ...sum.notRun.map(
      ({ suite, reason, tests }) => `not run here: ${suite} (${tests} ${plural(tests)}): ${reason}`,
    ),
    ...(requireAll && sum.skipped > 0
      ? [`LEFT4ME_TEST_REQUIRE=all: ${sum.skipped} skipped ${plural(sum.skipped)} counted as failed`]
      : []),
    `${sum.passed} passed, ${failed} failed, ${skipped} skipped`,
  ]
}

function plural(tests: number): string {
  return tests === 1 ? 'test' : 'tests'
}

function nameOf(module: TestModule, suite: TestSuite): string {
  return `${module.relativeModuleId} › ${suite.name}`
}

/** Goes after Vitest's own reporter, so that the counts are the last line of the output. */
export class TestReporter implements Reporter {
  readonly #requireAll: boolean
  #watches = false

  constructor(options: { requireAll: boolean }) {
    this.#requireAll = options.requireAll
  }

  onInit(vitest: Vitest): void {
    this.#watches = vitest.config.watch
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const sum = tally(modules, unhandledErrors)
    if (sum.failed > 0 || (this.#requireAll && sum.skipped > 0)) process.exitCode = 1
    process.stdout.write(`${closingLines(sum, this.#requireAll).join('\n')}\n`)
    // Vitest was seen to stay for ever after its last line, which would hold up whoever waits for it.
    if (!this.#watches) setTimeout(() => process.exit(), 30_000).unref()
  }
}
