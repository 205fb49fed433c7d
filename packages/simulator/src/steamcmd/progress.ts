import { setTimeout as wait } from 'node:timers/promises'

/** ` Update state (0x61) downloading, progress: 12.34 (1198343 / 9710287462)`, with the locale's decimal sign. */
export function progressLine(state: string, done: number, total: number, locale: string): string {
  // The real one divides by zero bytes too, and says 0.00.
  const percent = (total === 0 ? 0 : (done / total) * 100).toFixed(2)
  const shown = locale === 'de' ? percent.replace('.', ',') : percent
  return ` Update state (${state}, progress: ${shown} (${Math.round(done)} / ${total})\n`
}

/** Calls `report` with 0, …, 1 in `count` steps over `durationMs`. */
export async function inSteps(
  durationMs: number,
  count: number,
  report: (share: number) => void | Promise<void>,
): Promise<void> {
  for (let step = 0; step <= count; step += 1) {
    await report(step / count)
    if (step < count) await wait(durationMs / count)
  }
}
