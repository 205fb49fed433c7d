import { classes } from './classes.ts'

interface CodeLine {
  text: string
  source: string
  own: boolean
  /** Said about the line, beside it. */
  note?: string
  /** A later line sets the same. */
  overridden?: boolean
}

interface CodeLinesProps {
  label: string
  lines: readonly CodeLine[]
}

/** Lines of a generated file, numbered, with where each comes from; runs of one source are named once. */
export function CodeLines({ label, lines }: CodeLinesProps) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-x-auto -outline-offset-2"
    >
      <table aria-label={label} className="w-full border-collapse font-mono text-[0.8rem] leading-5">
        <tbody>
          {lines.map((line, index) => {
            const first = lines[index - 1]?.source !== line.source
            return (
              <tr
                key={index}
                className={classes(
                  'align-top hover:bg-hover/60',
                  first && index > 0 && 'border-t border-line',
                )}
              >
                <td className="w-px py-px pr-3 pl-4 text-right text-muted select-none">{index + 1}</td>
                <td
                  className={classes(
                    'py-px pr-4 whitespace-pre-wrap wrap-anywhere',
                    line.text.startsWith('//') || line.overridden
                      ? 'text-muted'
                      : line.own
                        ? 'text-ink'
                        : 'text-ink/85',
                  )}
                >
                  {line.overridden ? <s>{line.text}</s> : line.text || ' '}
                  {line.note && <span className="ml-4 font-sans text-xs text-muted">{line.note}</span>}
                </td>
                <td className="w-px py-px pr-4 pl-2 text-right font-sans text-xs leading-5 whitespace-nowrap text-muted">
                  {first ? line.source : <span className="sr-only">{line.source}</span>}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
