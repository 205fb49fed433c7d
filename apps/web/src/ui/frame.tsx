import { createLink } from '@tanstack/react-router'
import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'

interface FrameProps {
  /** Name and what kind of game it is. */
  brand: ReactNode
  navigation: ReactNode
  /** Below the navigation on a desk. */
  foot: ReactNode
  /** In the top bar on a phone. */
  tools: ReactNode
  /** Across the top of every page. */
  banner: ReactNode
  /** For the keyboard: past the navigation. */
  skip: string
  navigationLabel: string
  children: ReactNode
}

/** The application round a page: navigation at the side, on a phone at the bottom. */
export function Frame({
  brand,
  navigation,
  foot,
  tools,
  banner,
  skip,
  navigationLabel,
  children,
}: FrameProps) {
  return (
    <div className="flex min-h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 text-on-accent focus:translate-y-0"
      >
        {skip}
      </a>
      <header className="flex h-12 shrink-0 items-center justify-between gap-2 border-b border-line bg-surface px-4 md:sticky md:top-0 md:h-dvh md:w-52 md:flex-col md:items-stretch md:justify-start md:gap-4 md:border-r md:border-b-0 md:px-3 md:py-4">
        <div className="flex items-center gap-2 md:px-2">{brand}</div>
        <div className="flex items-center gap-1 md:hidden">{tools}</div>
        <nav
          aria-label={navigationLabel}
          className="fixed inset-x-0 bottom-0 z-30 flex justify-around border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:static md:flex-1 md:flex-col md:justify-start md:gap-0.5 md:border-0 md:pb-0"
        >
          {navigation}
        </nav>
        <div className="hidden flex-col gap-3 px-2 md:flex">{foot}</div>
      </header>
      <div className="flex min-w-0 flex-1 flex-col pb-[calc(3.75rem+env(safe-area-inset-bottom))] md:pb-0 md:has-data-fill:h-dvh md:has-data-fill:overflow-y-auto">
        {banner}
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
          {children}
        </main>
      </div>
    </div>
  )
}

interface NavAnchorProps extends Omit<ComponentProps<'a'>, 'className'> {
  icon: LucideIcon
  /** How many things of it are going on. */
  count?: number
  /** Only beside a page, where there is room for more. */
  desk?: boolean
  /** In the sheet that a phone has behind “More”. */
  sheet?: boolean
}

const inBar =
  'relative h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 rounded-md text-xs font-medium text-muted -outline-offset-2 hover:text-ink aria-[current=page]:text-accent md:h-8 md:flex-none md:flex-row md:justify-start md:gap-2.5 md:px-2 md:text-base md:hover:bg-hover md:aria-[current=page]:bg-accent-soft'
const inSheet =
  'relative flex h-11 items-center gap-3 rounded-md px-2 font-medium text-muted -outline-offset-2 hover:bg-hover hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent'

function NavAnchor({
  icon: Icon,
  count = 0,
  desk = false,
  sheet = false,
  children,
  ...rest
}: NavAnchorProps) {
  return (
    <a {...rest} className={sheet ? inSheet : classes(inBar, desk ? 'hidden md:flex' : 'flex')}>
      <Icon aria-hidden className="size-5 shrink-0 md:size-4" />
      <span className="max-w-full truncate">{children}</span>
      {count > 0 && (
        <span className="absolute top-1.5 left-1/2 ml-2 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 text-[0.6875rem] leading-none font-semibold text-on-accent md:static md:ml-auto">
          {count}
        </span>
      )}
    </a>
  )
}

export const NavLink = createLink(NavAnchor)

interface NavButtonProps {
  icon: LucideIcon
  onClick: () => void
  children: ReactNode
}

/** In the bar of a phone only: opens what has no room in it. */
export function NavButton({ icon: Icon, onClick, children }: NavButtonProps) {
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      onClick={onClick}
      className={classes(inBar, 'flex md:hidden')}
    >
      <Icon aria-hidden className="size-5 shrink-0" />
      <span className="max-w-full truncate">{children}</span>
    </button>
  )
}

export function NavSheet({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav aria-label={label} className="flex flex-col gap-0.5">
      {children}
    </nav>
  )
}

/** Across the whole width, quiet: something about everything that is shown. */
export function TopBanner({ children, actions }: { children: ReactNode; actions?: ReactNode }) {
  return (
    <div
      role="status"
      className="sticky top-0 z-20 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line bg-attention-soft px-4 py-1.5 text-sm text-attention sm:px-6"
    >
      <span>{children}</span>
      {actions}
    </div>
  )
}

/** The name with its mark. */
export function Brand({ name }: { name: string }) {
  return (
    <span className="flex items-center gap-2 text-base font-semibold tracking-tight">
      <svg aria-hidden="true" viewBox="0 0 32 32" className="size-6 rounded-md bg-ink text-canvas">
        <path
          d="M8 8v16h6M18 8v16M18 8h6M18 16h5"
          fill="none"
          stroke="currentColor"
          strokeWidth="3.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      {name}
    </span>
  )
}
