import type { ReactNode } from 'react'

/** Cards beside each other, as many as fit. */
export function CardGrid({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul
      aria-label={label}
      className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))] gap-3 max-sm:grid-cols-2"
    >
      {children}
    </ul>
  )
}

interface PictureCardProps {
  picture: ReactNode
  /** The name, a link to the thing. */
  title: ReactNode
  children: ReactNode
}

export function PictureCard({ picture, title, children }: PictureCardProps) {
  return (
    <li
      data-row=""
      className="flex min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-surface [contain-intrinsic-size:auto_14rem] [content-visibility:auto] focus-within:border-edge hover:border-edge"
    >
      <div aria-hidden className="h-32 w-full overflow-hidden max-sm:h-24 [&>*]:rounded-none">
        {picture}
      </div>
      <div className="flex min-w-0 flex-col gap-1 p-3">
        <h2 className="font-semibold wrap-anywhere">{title}</h2>
        {children}
      </div>
    </li>
  )
}

/** A wide picture across a page. */
export function Banner({ children }: { children: ReactNode }) {
  return (
    <div aria-hidden className="h-56 w-full overflow-hidden rounded-lg max-sm:h-40">
      {children}
    </div>
  )
}
