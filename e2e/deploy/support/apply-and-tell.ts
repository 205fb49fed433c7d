import {
  apply,
  type Node,
  type Report,
  summaryLine,
  type Transport,
} from '../../../packages/converge/src/index.ts'

/** As a person does it, who sees what takes long, on stderr, and the last line. */
export async function applyAndTell(node: Node, transport: Transport): Promise<Report> {
  const report = await apply(node, transport, {
    onProgress: progress => {
      if (progress.kind === 'ended' && progress.milliseconds > 5000)
        say(`${progress.id} took ${(progress.milliseconds / 1000).toFixed(0)} s`)
    },
  })
  say(`${summaryLine(report)} (${(report.milliseconds / 1000).toFixed(1)} s)`)
  return report
}

function say(text: string): void {
  process.stderr.write(`left4me: ${text}\n`)
}
