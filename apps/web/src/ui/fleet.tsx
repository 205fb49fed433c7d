import { createLink } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'
import { ForeignText } from './foreign-text.tsx'

/** A list of servers: cards where it is narrow, rows of one table-like grid where it is wide. */
export function Fleet({ label, stale, children }: { label: string; stale: boolean; children: ReactNode }) {
  return (
    <div className="@container">
      <ul
        aria-label={label}
        className={classes(
          'grid grid-cols-[repeat(auto-fill,minmax(min(100%,19rem),1fr))] gap-3 @5xl:block @5xl:rounded-lg @5xl:border @5xl:border-line @5xl:bg-surface',
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
  /** After the name, and cut first. */
  owner?: ReactNode
  state: ReactNode
  /** What is played. */
  play: ReactNode
  /** Below it where there is room. */
  playDetail?: ReactNode
  players: ReactNode
  history: ReactNode
  address: ReactNode
  join: ReactNode
  actions: ReactNode
  /** Below everything: what needs attention, progress. */
  foot?: ReactNode
}

/** One server of the list. The whole of it isn't a link, because it holds controls; the name is. */
export function FleetItem(props: FleetItemProps) {
  return (
    <li
      data-row=""
      className="flex min-w-0 flex-col gap-2.5 rounded-lg border border-line bg-surface p-3 [contain-intrinsic-size:auto_9rem] [content-visibility:auto] focus-within:border-edge @5xl:rounded-none @5xl:border-x-0 @5xl:border-t-0 @5xl:px-4 @5xl:last:border-b-0 @5xl:py-2 @5xl:[contain-intrinsic-size:auto_3.5rem] @5xl:first:rounded-t-lg @5xl:last:rounded-b-lg @5xl:focus-within:bg-hover/60 @5xl:hover:bg-hover/60"
    >
      <div className={classes('grid min-w-0 items-center gap-x-3 gap-y-2.5', narrow, wide)}>
        <div className="[grid-area:picture]">{props.picture}</div>
        <div className="min-w-0 [grid-area:name]">
          <div className="flex min-w-0 items-baseline gap-2">
            <h2 className="min-w-0 truncate text-base font-semibold">{props.name}</h2>
            {props.owner && (
              <span className="min-w-0 shrink-[3] truncate text-sm text-muted">{props.owner}</span>
            )}
          </div>
          <div className="min-w-0 text-sm @5xl:hidden">{props.play}</div>
        </div>
        <div className="justify-self-end [grid-area:state] @5xl:justify-self-start">{props.state}</div>
        <div className="hidden min-w-0 leading-tight [grid-area:play] @5xl:block">
          {props.play}
          <div className="truncate text-sm text-muted">{props.playDetail}</div>
        </div>
        <div className="[grid-area:players] @5xl:text-right">{props.players}</div>
        <div className="min-w-0 [grid-area:history]">{props.history}</div>
        <div className="min-w-0 [grid-area:address]">{props.address}</div>
        <div className="justify-self-end [grid-area:join]">{props.join}</div>
        <div className="flex items-center gap-0.5 justify-self-end [grid-area:actions]">{props.actions}</div>
      </div>
      {props.foot && <div className="min-w-0 @5xl:pl-20">{props.foot}</div>}
    </li>
  )
}

const narrow =
  "grid-cols-[4rem_minmax(0,1fr)_auto] [grid-template-areas:'picture_name_state'_'players_history_actions'_'address_address_join']"
const wide =
  "@5xl:grid-cols-[4rem_minmax(8rem,1.4fr)_7rem_minmax(9rem,1.2fr)_3rem_minmax(3rem,7rem)_11.5rem_4.5rem_5.75rem] @5xl:gap-x-3 @5xl:[grid-template-areas:'picture_name_state_play_players_history_address_join_actions']"

/** The name of a thing in a list, as the link to it. */
export const NameLink = createLink(function NameAnchor(props: Omit<ComponentProps<'a'>, 'className'>) {
  return (
    <a {...props} data-row-link="" className="rounded-sm hover:text-accent hover:underline">
      {typeof props.children === 'string' ? <ForeignText>{props.children}</ForeignText> : props.children}
    </a>
  )
})
