import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { ForeignText, harmless } from './foreign-text.tsx'

type Gap = 0 | 1 | 2 | 3 | 4 | 6 | 8
const gaps: Record<Gap, string> = {
  0: 'gap-0',
  1: 'gap-1',
  2: 'gap-2',
  3: 'gap-3',
  4: 'gap-4',
  6: 'gap-6',
  8: 'gap-8',
}

/** Things below each other. */
export function Stack({ gap = 3, children }: { gap?: Gap; children: ReactNode }) {
  return <div className={classes('flex min-w-0 flex-col', gaps[gap])}>{children}</div>
}

interface RowProps {
  gap?: Gap
  align?: 'center' | 'start' | 'end' | 'baseline'
  /** Pushes the ends apart. */
  spread?: boolean
  wrap?: boolean
  children: ReactNode
}

const aligns = { center: 'items-center', start: 'items-start', end: 'items-end', baseline: 'items-baseline' }

/** Things beside each other, wrapping where there is no room. */
export function Row({ gap = 2, align = 'center', spread = false, wrap = true, children }: RowProps) {
  return (
    <div
      className={classes(
        'flex min-w-0',
        wrap && 'flex-wrap',
        gaps[gap],
        aligns[align],
        spread && 'justify-between',
      )}
    >
      {children}
    </div>
  )
}

/** Takes the room that is left in a Row. */
export function Fill({ children }: { children: ReactNode }) {
  return <div className="min-w-0 flex-1">{children}</div>
}

/** Equal columns as wide as they need, as many as fit. */
export function Columns({
  min = 'md',
  gap = 3,
  children,
}: {
  min?: 'xs' | 'md' | 'lg'
  gap?: Gap
  children: ReactNode
}) {
  const widths = {
    xs: 'grid-cols-[repeat(auto-fill,minmax(min(100%,8.5rem),1fr))]',
    md: 'grid-cols-[repeat(auto-fill,minmax(min(100%,18rem),1fr))]',
    lg: 'grid-cols-[repeat(auto-fill,minmax(min(100%,24rem),1fr))]',
  }
  return <div className={classes('grid min-w-0', widths[min], gaps[gap])}>{children}</div>
}

/** A wide and a narrow column; below each other where there is no room. */
export function MainAndAside({ main, aside }: { main: ReactNode; aside: ReactNode }) {
  return (
    <div className="grid min-w-0 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(17rem,22rem)]">
      <div className="flex min-w-0 flex-col gap-4">{main}</div>
      <div className="flex min-w-0 flex-col gap-4">{aside}</div>
    </div>
  )
}

const widths = { full: 'max-w-[140rem]', reading: 'max-w-3xl', narrow: 'max-w-sm' }

interface PageProps {
  title: string
  /** Beside the title. */
  actions?: ReactNode
  /** Above the title: the way back, where the navigation isn't at hand. */
  above?: ReactNode
  width?: keyof typeof widths
  children: ReactNode
}

/** A page with its heading; also sets the title of the tab. */
export function Page({ title, actions, above, width = 'full', children }: PageProps) {
  return (
    <div
      className={classes(
        'flex w-full min-w-0 flex-col gap-4 p-4 sm:p-6 md:has-data-fill:min-h-0 md:has-data-fill:flex-1',
        widths[width],
      )}
    >
      <title>{`${harmless(title)} · left4me`}</title>
      {above && <div className="-mb-3 hidden text-sm text-muted md:block">{above}</div>}
      <div className="flex min-h-8 min-w-0 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">
          <ForeignText>{title}</ForeignText>
        </h1>
        {actions && <div className="flex min-w-0 flex-wrap items-center gap-2 sm:flex-nowrap">{actions}</div>}
      </div>
      {children}
    </div>
  )
}

interface PanelProps {
  title?: ReactNode
  /** A hint below the title. */
  about?: ReactNode
  actions?: ReactNode
  /** No padding round the content: a table, a list, a log. */
  flush?: boolean
  danger?: boolean
  children: ReactNode
}

/** A titled part of a page. */
export function Panel({ title, about, actions, flush = false, danger = false, children }: PanelProps) {
  return (
    <section
      className={classes('min-w-0 rounded-lg border bg-surface', danger ? 'border-broken/40' : 'border-line')}
    >
      {(title || actions) && (
        <div
          className={classes(
            'flex min-h-11 min-w-0 flex-wrap items-center justify-between gap-2 px-4 py-1.5',
            flush ? 'border-b border-line' : 'pt-3 pb-0',
          )}
        >
          <div className="min-w-0">
            <h2 className="text-base font-semibold">{title}</h2>
            {about && <p className="text-sm text-muted">{about}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </div>
      )}
      <div className={flush ? 'min-w-0' : 'flex min-w-0 flex-col gap-3 p-4'}>{children}</div>
    </section>
  )
}

/** The page without the application round it: log in and set-up. */
export function CentredPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-5 p-6">
      <title>{`${title} · left4me`}</title>
      {children}
    </main>
  )
}
