import { defineConfig } from 'vitest/config'
import { TestReporter } from '../../../tools/test-reporter.ts'

/**
 * Suites that run within a container, as the service user, on the checkout at /opt/left4me/src, which is read-only.
 * Started by tools/test-host/main.ts.
 */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.test.ts'],
    reporters: [
      'default',
      new TestReporter({
        requireAll: process.env['LEFT4ME_TEST_REQUIRE'] === 'all',
        countsFile: process.env['LEFT4ME_TEST_COUNTS'],
      }),
    ],
    cache: false,
    pool: 'forks',
    // They share the one host.
    fileParallelism: false,
    testTimeout: 480_000,
    hookTimeout: 720_000,
    expect: { poll: { timeout: 120_000 } },
  },
})
