import { apply, renderReport, ssh } from '@left4me/converge'
import { workloadNode } from './workload.ts'

/** Applies the workload once to the host `target` of an ssh configuration, and prints what came of it. */
export async function applyWorkload(configuration: string): Promise<number> {
  const report = await apply(workloadNode, ssh({ host: 'target', configuration }))
  process.stdout.write(`${renderReport(report)}\n`)
  return report.exitCode
}
