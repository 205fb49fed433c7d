import { createLink } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'
import { type Tone, toneText } from './tone.ts'

interface TextProps {
  tone?: Tone | 'ink'
  size?: 'xs' | 'sm' | 'base' | 'lg'
  mono?: boolean
  strong?: boolean
  /** One line, cut with an ellipsis. */
  cut?: boolean
  block?: boolean
  /** Only where a wide table has left a column out. */
  phone?: boolean
  title?: string
  children: ReactNode
}

const sizes = { xs: 'text-xs', sm: 'text-sm', base: 'text-base', lg: 'text-lg' }

export function Text(props: TextProps) {
  const { tone = 'ink', size = 'base', mono, strong, cut, block, phone, title, children } = props
  const Tag = block ? 'p' : 'span'
  return (
    <Tag
      title={title}
      className={classes(
        sizes[size],
        tone === 'ink' ? 'text-ink' : toneText[tone],
        mono && 'font-mono text-[0.95em]',
        strong && 'font-semibold',
        phone && 'md:hidden',
        cut ? 'block truncate' : 'wrap-anywhere',
      )}
    >
      {children}
    </Tag>
  )
}

/** For screen readers only. */
export function Visually({ hidden, children }: { hidden: true; children: ReactNode }) {
  return <span className={hidden ? 'sr-only' : ''}>{children}</span>
}

interface AnchorProps extends Omit<ComponentProps<'a'>, 'className'> {
  /** Looks like the text round it until it is pointed at. */
  plain?: boolean
}

export function Anchor({ plain = false, ...rest }: AnchorProps) {
  return (
    <a
      {...rest}
      className={classes(
        'rounded-sm underline-offset-2 wrap-anywhere',
        plain
          ? 'text-inherit hover:text-accent hover:underline'
          : 'text-accent underline decoration-accent/40 hover:decoration-accent',
      )}
    />
  )
}

/** A link within the application; typed by the routes. */
export const Link = createLink(Anchor)

/** Names and values below each other; `left`: also where the text round it is centred. */
export function Facts({
  items,
  left = false,
}: {
  items: readonly (readonly [name: ReactNode, value: ReactNode])[]
  left?: boolean
}) {
  return (
    <dl
      className={classes(
        'grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1.5',
        left && 'text-left',
      )}
    >
      {items.map(([name, value], index) => (
        <div key={typeof name === 'string' ? name : index} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

export function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex min-w-5 items-center justify-center rounded-sm border border-line bg-sunken px-1 font-mono text-xs text-muted">
      {children}
    </kbd>
  )
}

/** The heading of a page that isn't a `Page`. */
export function Title({ children }: { children: ReactNode }) {
  return <h1 className="text-xl font-semibold tracking-tight">{children}</h1>
}
