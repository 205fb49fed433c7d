import { quote } from '../shell/quote.ts'
import type { Session } from '../transport/session.ts'
import type { ItemReport } from './report.ts'
import type { Target } from './run-options.ts'
import { unifiedDiff } from './unified-diff.ts'

/** Files up to this size are fetched to be shown. */
const largest = 256 * 1024

/** Gives a plan's items whose content differs the difference as lines, in one exchange. A secret's is never shown. */
export async function addDiffs(
  target: Target,
  reports: Map<string, ItemReport>,
  session: Session,
): Promise<void> {
  const wanted = [...reports.values()].flatMap(report => {
    const preview = target.graph.items.get(report.id)?.preview?.()
    const differs = report.differences.some(({ key, expected }) =>
      key === 'content' ? true : key === 'exists' && expected === 'present',
    )
    return report.status === 'change' && preview !== undefined && differs ? [{ report, preview }] : []
  })
  const readable = wanted.filter(({ preview }) => preview.text !== null)
  const script = readable.map(
    ({ preview: { path } }) =>
      `if [ -f ${quote(path)} ] && [ ! -L ${quote(path)} ]; then emit content ${quote(path)} "$(head -c ${largest} -- ${quote(path)} | base64 -w0)"; fi`,
  )
  const records = script.length === 0 ? [] : await session.run(script.join('\n'))
  const found = new Map(
    records.map(([, path = '', content = '']) => [path, Buffer.from(content, 'base64').toString('utf8')]),
  )
  for (const { report, preview } of wanted)
    reports.set(report.id, {
      ...report,
      diff:
        preview.text === null
          ? '(secret or not text: not shown)'
          : unifiedDiff(found.get(preview.path) ?? '', preview.text),
    })
}
