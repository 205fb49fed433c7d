import type { RevisionSummary } from '@left4me/host'
import { byteText } from './byte-text.ts'

/** For a job's result: `Revision 4: 12 items, 1.2 GB, 2 warnings`. */
export function describeRevision({
  revision,
  kind,
  files,
  bytes,
  sources,
  findings,
}: RevisionSummary): string {
  const content =
    kind === 'workshop'
      ? count(sources.length, 'item')
      : kind === 'map-index'
        ? count(sources.length, 'archive')
        : count(files, 'file')
  const severities = (['error', 'warning', 'note'] as const).flatMap(severity => {
    const found = findings.filter(finding => finding.severity === severity).length
    return found === 0 ? [] : [count(found, severity)]
  })
  return [`Revision ${revision}: ${content}`, byteText(bytes), ...severities].join(', ')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
