import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule, TestSuite, Vitest } from 'vitest/node'

/** What a run came to, as the file named by `countsFile` holds it, in JSON. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
}

interface Tally extends Counts {
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

/** With `requireAll` (LEFT4ME_TEST_REQUIRE=all) whatever was skipped counts as failed. */
function countsOf({ passed, failed, skipped }: Tally, requireAll: boolean): Counts {
  return requireAll ? { passed, failed: failed + skipped, skipped: 0 } : { passed, failed, skipped }
}

/** What the reporter prints at the very end. */
function closingLines(sum: Tally, requireAll: boolean): string[] {
  const { passed, failed, skipped } = countsOf(sum, requireAll)
  return [
    ...sum.notRun.map(
      ({ suite, reason, tests }) => `not run here: ${suite} (${tests} ${plural(tests)}): ${reason}`,
    ),
    ...(requireAll && sum.skipped > 0
      ? [`LEFT4ME_TEST_REQUIRE=all: ${sum.skipped} skipped ${plural(sum.skipped)} counted as failed`]
      : []),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
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
  readonly #countsFile: string | undefined
  #watches = false

  /** `countsFile` is for a program that adds up several runs: it is written when a run ended, however it ended. */
  constructor(options: { requireAll: boolean; countsFile?: string | undefined }) {
    this.#requireAll = options.requireAll
    this.#countsFile = options.countsFile
  }

  onInit(vitest: Vitest): void {
    this.#watches = vitest.config.watch
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const sum = tally(modules, unhandledErrors)
    if (sum.failed > 0 || (this.#requireAll && sum.skipped > 0)) process.exitCode = 1
    if (this.#countsFile !== undefined)
      writeFileSync(this.#countsFile, JSON.stringify(countsOf(sum, this.#requireAll)))
    process.stdout.write(`${closingLines(sum, this.#requireAll).join('\n')}\n`)
    // Vitest was seen to stay for ever after its last line, which would hold up whoever waits for it.
    if (!this.#watches) setTimeout(() => process.exit(), 30_000).unref()
  }
}
