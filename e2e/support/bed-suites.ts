import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { TestReporter } from '../../tools/test-reporter.ts'

/** How long a test, and what comes before and after it, may take: it only ends what hangs. Milliseconds. */
interface Limits {
  readonly testTimeout: number
  readonly hookTimeout: number
}

/**
 * Vitest's configuration of suites that drive a whole Debian 13 from outside: those in `container/` side by side, those in
 * `machine/` one after the other, since an emulated machine is slow and is found as the test before left it. The variables
 * are those that tools/test-host/main.ts and tools/test-vm/main.ts set.
 */
export function bedSuites(
  root: string,
  limits: { readonly container: Limits; readonly machine: Limits & { readonly globalSetup?: string[] } },
  environment: Readonly<Record<string, string | undefined>>,
): ViteUserConfig {
  const common = { root, pool: 'forks', expect: { poll: { timeout: 120_000 } } } as const
  return defineConfig({
    test: {
      reporters: [
        'default',
        new TestReporter({
          requireAll: environment['LEFT4ME_TEST_REQUIRE'] === 'all',
          countsFile: environment['LEFT4ME_TEST_COUNTS'],
        }),
      ],
      cache: false,
      maxWorkers: 2,
      projects: [
        { test: { ...common, ...limits.container, name: 'container', include: ['container/**/*.test.ts'] } },
        {
          test: {
            ...common,
            ...limits.machine,
            name: 'machine',
            include: ['machine/**/*.test.ts'],
            fileParallelism: false,
          },
        },
      ],
    },
  })
}
