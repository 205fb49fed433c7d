import { runSteps, summary } from './run-steps.ts'
import { steps } from './steps.ts'

/** `npm run check`: prints each step with its outcome, what a failed one said, and a summary as the last line. */
const root = new URL('../..', import.meta.url).pathname
const results = runSteps(steps, {
  root,
  bin: `${root}node_modules/.bin`,
  onResult: ({ name, passed, seconds, output }) => {
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`)
    if (!passed) console.log(output)
  },
})
console.log(summary(results))
process.exitCode = results.every(result => result.passed) ? 0 : 1
