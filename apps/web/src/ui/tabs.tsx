import { createLink, useLocation } from '@tanstack/react-router'
import { type ComponentProps, type ReactNode, useEffect, useRef } from 'react'

/** Tabs that are links: each has its own address, so that back works and a tab can be shared. */
export function TabBar({ label, children }: { label: string; children: ReactNode }) {
  const bar = useRef<HTMLElement>(null)
  const place = useLocation({ select: ({ pathname }) => pathname })
  // On a phone not all of them fit: the one that is shown is never the one that is cut off.
  useEffect(() => {
    void place
    bar.current?.querySelector('[aria-current=page]')?.scrollIntoView({ inline: 'center', block: 'nearest' })
  }, [place])
  return (
    <nav ref={bar} aria-label={label} className="-mb-px flex gap-1 overflow-x-auto border-b border-line">
      {children}
    </nav>
  )
}

function TabAnchor({ children, ...rest }: Omit<ComponentProps<'a'>, 'className'>) {
  return (
    <a
      {...rest}
      className="flex h-10 shrink-0 items-center border-b-2 border-transparent px-3 font-medium text-muted -outline-offset-2 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
    >
      {children}
    </a>
  )
}

export const TabLink = createLink(TabAnchor)
