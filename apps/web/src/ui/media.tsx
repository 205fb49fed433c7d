import type { ReactNode } from 'react'

/** Things with a picture, below each other. */
export function MediaList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="divide-y divide-line/70">
      {children}
    </ul>
  )
}

interface MediaItemProps {
  picture?: ReactNode
  title: ReactNode
  /** Below the title: facts in one line. */
  about?: ReactNode
  actions?: ReactNode
  /** Below everything: progress, problems, what is in it. */
  children?: ReactNode
}

export function MediaItem({ picture, title, about, actions, children }: MediaItemProps) {
  return (
    <li className="flex min-w-0 flex-col gap-2 px-4 py-2">
      <div className="flex min-w-0 items-center gap-3">
        {picture}
        <div className="min-w-0 flex-1">
          <div className="font-medium wrap-anywhere">{title}</div>
          {about && (
            <div className="flex flex-wrap gap-x-2 text-sm text-muted [&>*+*]:before:mr-2 [&>*+*]:before:content-['·']">
              {about}
            </div>
          )}
        </div>
        {actions && <div className="flex shrink-0 items-center gap-1">{actions}</div>}
      </div>
      {children}
    </li>
  )
}

/** What belongs to the item above, set in. */
export function Inset({ children }: { children: ReactNode }) {
  return <div className="ml-3 min-w-0 border-l-2 border-line pl-2">{children}</div>
}
