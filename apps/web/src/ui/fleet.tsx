import { createLink } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'

/** A list of servers: cards where it is narrow, rows of one table-like grid where it is wide. */
export function Fleet({ label, stale, children }: { label: string; stale: boolean; children: ReactNode }) {
  return (
    <div className="@container">
      <ul
        aria-label={label}
        className={classes(
          'grid grid-cols-[repeat(auto-fill,minmax(min(100%,19rem),1fr))] gap-3 @5xl:block @5xl:divide-y @5xl:divide-line @5xl:rounded-lg @5xl:border @5xl:border-line @5xl:bg-surface',
          stale && 'saturate-50',
        )}
      >
        {children}
      </ul>
    </div>
  )
}

interface FleetItemProps {
  picture: ReactNode
  /** The name, a link to the server. */
  name: ReactNode
  /** Beside the name: labels. */
  labels?: ReactNode
  state: ReactNode
  /** What is played. */
  play: ReactNode
  players: ReactNode
  history: ReactNode
  address: ReactNode
  actions: ReactNode
  /** Below everything: what needs attention, progress. */
  foot?: ReactNode
}

/** One server of the list. The whole of it isn't a link, because it holds controls; the name is. */
export function FleetItem({
  picture,
  name,
  labels,
  state,
  play,
  players,
  history,
  address,
  actions,
  foot,
}: FleetItemProps) {
  return (
    <li
      data-row=""
      className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-surface p-3 [contain-intrinsic-size:auto_11rem] [content-visibility:auto] focus-within:border-edge @5xl:rounded-none @5xl:border-0 @5xl:px-4 @5xl:py-2 @5xl:[contain-intrinsic-size:auto_3.5rem] @5xl:first:rounded-t-lg @5xl:last:rounded-b-lg @5xl:focus-within:bg-hover/60 @5xl:hover:bg-hover/60"
    >
      <div className="grid min-w-0 grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-3 @5xl:grid-cols-[auto_minmax(8rem,1.5fr)_8rem_minmax(8rem,1.2fr)_5.5rem_minmax(3rem,6rem)_minmax(13rem,auto)_auto] @5xl:gap-x-4">
        {picture}
        <div className="flex min-w-0 flex-col">
          <div className="flex min-w-0 items-center gap-2">
            <h2 className="min-w-0 truncate text-base font-semibold">{name}</h2>
            {labels}
          </div>
          <div className="truncate text-sm text-muted @5xl:hidden">{play}</div>
        </div>
        <div className="justify-self-end @5xl:justify-self-start">{state}</div>
        <div className="hidden min-w-0 truncate @5xl:block">{play}</div>
        <div className="@5xl:text-right">{players}</div>
        <div className="col-span-2 min-w-0 @5xl:col-span-1">{history}</div>
        <div className="col-span-full flex min-w-0 items-center justify-between gap-2 @5xl:col-span-1 @5xl:justify-end">
          {address}
        </div>
        <div className="col-span-full flex min-w-0 items-center gap-1 border-t border-line pt-3 @5xl:col-span-1 @5xl:border-0 @5xl:pt-0">
          {actions}
        </div>
      </div>
      {foot}
    </li>
  )
}

/** The name of a thing in a list, as the link to it. */
export const NameLink = createLink(function NameAnchor(props: Omit<ComponentProps<'a'>, 'className'>) {
  return <a {...props} data-row-link="" className="rounded-sm hover:text-accent hover:underline" />
})
