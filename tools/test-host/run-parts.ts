import type { Counts } from '../test-reporter.ts'

/**
 * Runs the parts of a suite, those of a lane one after the other, the lanes side by side: what they print is mixed, file by
 * file. Prints the minutes of each and returns what all came to. A part that rejects counts as one failure; once `isInterrupted`,
 * no further part begins, which counts as one too.
 */
export async function runParts<Part extends string>(
  lanes: readonly (readonly Part[])[],
  run: (part: Part) => Promise<Counts>,
  isInterrupted: () => boolean = () => false,
): Promise<Counts> {
  const sum: Counts = { passed: 0, failed: 0, skipped: 0 }
  const minutes: string[] = []
  await Promise.all(
    lanes.map(async parts => {
      for (const part of parts) {
        if (isInterrupted()) break
        console.log(`== ${part}`)
        const begin = performance.now()
        const { passed, failed, skipped } = await run(part).catch((error: unknown): Counts => {
          console.error(error)
          return { passed: 0, failed: 1, skipped: 0 }
        })
        sum.passed += passed
        sum.failed += failed
        sum.skipped += skipped
        minutes.push(`${((performance.now() - begin) / 60_000).toFixed(1).padStart(5)} min  ${part}`)
      }
    }),
  )
  if (isInterrupted()) sum.failed++
  console.log(minutes.join('\n'))
  return sum
}
