import { defineConfig } from 'vitest/config'
import { TestReporter } from './tools/test-reporter.ts'

export default defineConfig({
  test: {
    reporters: ['default', new TestReporter({ requireAll: process.env['LEFT4ME_TEST_REQUIRE'] === 'all' })],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { shuffle: { files: true } },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'apps/*/src/**/*.test.{ts,tsx}',
            'deploy/**/*.test.ts',
            'tools/**/*.test.ts',
            'bench/**/*.test.ts',
            'e2e/host/support/**/*.test.ts',
          ],
          pool: 'forks',
          // Nothing here measures speed: these only end a test that hangs, also on a machine that is busy.
          testTimeout: 480_000,
          hookTimeout: 720_000,
          expect: { poll: { timeout: 120_000 } },
          sequence: { groupOrder: 0, shuffle: { tests: true } },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/{browser,protocols}/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 1_200_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 120_000 } },
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
