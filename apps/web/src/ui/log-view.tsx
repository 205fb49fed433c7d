import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { formatClock, formatLocal, formatUtc } from '../format/time.ts'
import { messages } from '../messages/messages.ts'
import { classes } from './classes.ts'
import { harmless } from './foreign-text.tsx'
import { type Tone, toneText } from './tone.ts'

export interface LogRow {
  readonly key: string
  /** What a link to the line names; null: no link. */
  readonly line: number | null
  readonly time: string | null
  /** In the margin, for example `>` before what was typed: meaning is never told by colour alone. */
  readonly sign?: string
  /** The sign in words. */
  readonly signName?: string
  readonly tone?: Tone
  readonly strong?: boolean
  readonly text: string
}

interface LogViewProps {
  /** Name of the log, for screen readers and tests. */
  label: string
  rows: readonly LogRow[]
  /** Stands in the middle while there are no rows. */
  empty: ReactNode
  /** Above the oldest row. */
  top?: ReactNode
  /** The line that the address names. */
  selected?: number | null
  hrefOf?: (line: number) => string
  onSelect?: (line: number) => void
  /** `fill`: what its frame leaves. */
  height?: keyof typeof heights
}

const heights = { fill: 'flex-1', short: 'h-64', tall: 'h-[max(20rem,calc(100dvh-20rem))]' }

/** Height of a row of one line, pixels; longer ones are measured when they are seen. */
const rowHeight = 24
/** Nearer to the end than this counts as at the end, pixels. */
const endZone = 32

/**
 * A log of any length of which only the visible part is in the page. It follows the newest row until one scrolls up,
 * and then stays where it is while rows are added at either end.
 */
export function LogView({
  label,
  rows,
  empty,
  top,
  selected = null,
  hrefOf,
  onSelect,
  height = 'fill',
}: LogViewProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: index => rows[index]?.key ?? index,
    overscan: 20,
    anchorTo: 'end',
    followOnAppend: selected === null,
    scrollEndThreshold: endZone,
    paddingStart: 8,
    paddingEnd: 8,
  })

  const started = useRef(false)
  const target = selected === null ? -1 : rows.findIndex(row => row.line === selected)
  useEffect(() => {
    if (started.current || rows.length === 0) return
    started.current = true
    if (selected === null) virtualizer.scrollToEnd()
  }, [rows.length, selected, virtualizer])

  // Once for each line that the address names, as soon as it is there.
  const shown = useRef<number | null>(null)
  useEffect(() => {
    if (target < 0 || shown.current === selected) return
    shown.current = selected
    virtualizer.scrollToIndex(target, { align: 'center' })
  }, [target, selected, virtualizer])

  const jump = () => {
    virtualizer.scrollToEnd()
    setAtEnd(true)
  }

  return (
    <div className={classes('relative flex min-h-0 flex-col', heights[height])}>
      <div
        ref={scroller}
        role="log"
        aria-label={label}
        // A busy server would never let a screen reader finish; the log is there to be read, not to be recited.
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keyboard
        tabIndex={0}
        onScroll={event => setAtEnd(isAtEnd(event.currentTarget))}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain bg-sunken font-mono text-[0.78rem] leading-5 -outline-offset-2"
      >
        {top}
        {rows.length === 0 && (
          <div className="flex h-full items-center justify-center p-6 text-center font-sans text-base text-muted">
            {empty}
          </div>
        )}
        <div className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(item => {
            const row = rows[item.index]
            return (
              row && (
                <div
                  key={item.key}
                  data-index={item.index}
                  ref={virtualizer.measureElement}
                  className="absolute inset-x-0 top-0"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <Row
                    row={row}
                    selected={row.line !== null && row.line === selected}
                    hrefOf={hrefOf}
                    onSelect={onSelect}
                  />
                </div>
              )
            )
          })}
        </div>
      </div>
      {!atEnd && rows.length > 0 && (
        <button
          type="button"
          onClick={jump}
          className="absolute right-4 bottom-3 inline-flex h-8 items-center gap-1.5 rounded-full border border-line bg-raised px-3 font-sans text-sm font-medium shadow-md hover:bg-hover pointer-coarse:h-10"
        >
          <ArrowDown aria-hidden className="size-4" />
          {messages.log.jumpToLive}
        </button>
      )}
    </div>
  )
}

function isAtEnd({ scrollHeight, scrollTop, clientHeight }: Element): boolean {
  return scrollHeight - scrollTop - clientHeight <= endZone
}

interface RowProps {
  row: LogRow
  selected: boolean
  hrefOf: ((line: number) => string) | undefined
  onSelect: ((line: number) => void) | undefined
}

function Row({ row, selected, hrefOf, onSelect }: RowProps) {
  const { line } = row
  const time = row.time === null ? null : new Date(row.time)
  const clock = time && (
    <time dateTime={row.time ?? ''} title={`${formatLocal(time)}\n${formatUtc(time)}`}>
      {formatClock(time)}
    </time>
  )
  return (
    <div
      className={classes('flex gap-2 px-3 py-0.5 hover:bg-hover/70', selected && 'bg-accent-soft')}
      aria-current={selected || undefined}
    >
      <span className="shrink-0 text-muted select-none max-sm:text-[0.68rem]">
        {line !== null && hrefOf ? (
          <a
            href={hrefOf(line)}
            aria-label={messages.log.linkTo(time ? formatClock(time) : '', line)}
            // As high as its row, which is the least that a finger may be asked to hit (WCAG 2.5.8).
            className="-my-0.5 inline-flex h-6 items-center rounded-sm -outline-offset-2 hover:text-accent hover:underline"
            onClick={event => {
              if (event.metaKey || event.ctrlKey || event.shiftKey || !onSelect) return
              event.preventDefault()
              onSelect(line)
            }}
          >
            {clock}
          </a>
        ) : (
          clock
        )}
      </span>
      {(row.sign !== undefined || row.line !== null) && <Sign row={row} />}
      <span
        className={classes(
          'min-w-0 flex-1 whitespace-pre-wrap wrap-anywhere',
          row.tone && row.tone !== 'neutral'
            ? toneText[row.tone]
            : row.tone === 'neutral'
              ? 'text-muted'
              : 'text-ink',
          row.strong && 'font-semibold',
        )}
      >
        {row.text === '' ? '\u00a0' : harmless(row.text)}
      </span>
    </div>
  )
}

/** The mark in the margin, and what it means. */
function Sign({ row: { sign, signName, tone } }: { row: LogRow }) {
  return (
    <span
      className={classes('w-2 shrink-0 select-none', tone ? toneText[tone] : 'text-muted')}
      title={signName}
    >
      <span aria-hidden>{sign ?? ''}</span>
      {signName && <span className="sr-only">{signName}: </span>}
    </span>
  )
}
