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
            'tools/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          pool: 'forks',
          // Nothing here measures speed: these only end a test that hangs, also on a machine that is busy.
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0, shuffle: { tests: true } },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
