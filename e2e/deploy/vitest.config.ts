import { bedSuites } from '../support/bed-suites.ts'

/** Suites of `npm run test:vm`. */
export default bedSuites(
  new URL('.', import.meta.url).pathname,
  {
    container: { testTimeout: 1_200_000, hookTimeout: 3_600_000 },
    machine: { testTimeout: 1_200_000, hookTimeout: 1_800_000 },
  },
  process.env,
)
