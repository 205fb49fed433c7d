import { bedSuites } from '../support/bed-suites.ts'

/** Suites of `npm run test:vm`. */
export default bedSuites(
  new URL('.', import.meta.url).pathname,
  {
    container: { testTimeout: 1_200_000, hookTimeout: 3_600_000 },
    // The first deployment alone was seen to take half an hour where the emulated processor is a slow one.
    machine: { testTimeout: 3_600_000, hookTimeout: 3_600_000 },
  },
  process.env,
)
