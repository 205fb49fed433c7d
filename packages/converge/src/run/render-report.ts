import { type ItemReport, type Report, summaryLine } from './report.ts'

/** A report for people: what isn't as usual, then the summary line, last. */
export function renderReport(report: Report): string {
  return [
    ...report.items.flatMap(renderItem),
    ...(report.undeclared.length === 0 ? [] : [`no longer declared: ${report.undeclared.join(', ')}`]),
    ...report.pruned.map(id => `removed ${id}`),
    ...report.unpruned.map(id => `kept ${id}: it was changed since, or isn't empty`),
    ...(report.mode === 'apply' ? report.pending.map(id => `still due: ${id}`) : []),
    ...(report.error === undefined ? [] : [`error: ${report.error.message}`]),
    summaryLine(report),
  ].join('\n')
}

function renderItem(item: ItemReport): string[] {
  if (['ok', 'idle', 'unselected'].includes(item.status))
    return item.maybe === true ? [`maybe ${item.id}`] : []
  const why = [
    ...(item.reason === undefined
      ? []
      : [`${item.reason}${item.because === undefined ? '' : ` ${item.because}`}`]),
    ...item.differences.map(({ key, actual, expected }) => `${key} ${shown(actual)} → ${shown(expected)}`),
    ...(item.triggered === true ? ['triggered'] : []),
    ...(item.maybe === true ? ['maybe'] : []),
  ]
  return [
    `${item.status} ${item.id}${why.length === 0 ? '' : `: ${why.join(', ')}`}`,
    ...[item.diff, item.message].flatMap(text => (text === undefined || text === '' ? [] : indented(text))),
  ]
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text
}

function indented(text: string): string[] {
  return text.split('\n').map(line => `    ${line}`)
}
