import { bedSuites } from '../support/bed-suites.ts'

const machineSetup = new URL('support/machine-setup.ts', import.meta.url).pathname

/** Suites of `npm run test:host`. */
export default bedSuites(
  new URL('.', import.meta.url).pathname,
  {
    container: { testTimeout: 600_000, hookTimeout: 1_800_000 },
    machine: {
      testTimeout: 900_000,
      hookTimeout: 1_800_000,
      globalSetup: process.getuid?.() === 0 ? [machineSetup] : [],
    },
  },
  process.env,
)
