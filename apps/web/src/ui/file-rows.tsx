import { ChevronRight, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { ForeignText } from './foreign-text.tsx'

interface CrumbsProps {
  label: string
  /** Name of the uppermost folder. */
  root: string
  /** Forward slashes, none in front; empty: the uppermost folder. */
  path: string
  onPath: (path: string) => void
}

/** Where one is in a tree of folders, and the way up. */
export function Crumbs({ label, root, path, onPath }: CrumbsProps) {
  const steps = path === '' ? [] : path.split('/')
  const places = [
    { name: root, path: '' },
    ...steps.map((name, index) => ({ name, path: steps.slice(0, index + 1).join('/') })),
  ]
  return (
    <nav aria-label={label} className="flex flex-wrap items-center gap-0.5 px-4 py-2 font-mono text-sm">
      {places.map((place, index) => (
        <span key={place.path} className="flex items-center gap-0.5">
          {index > 0 && <ChevronRight aria-hidden className="size-3.5 text-muted" />}
          {place.path === path ? (
            <span aria-current="location" className="px-1 font-semibold">
              {place.name}
            </span>
          ) : (
            <button
              type="button"
              onClick={() => onPath(place.path)}
              className="min-h-6 rounded-sm px-1 text-accent hover:underline pointer-coarse:min-h-9"
            >
              {place.name}
            </button>
          )}
        </span>
      ))}
    </nav>
  )
}

/** Entries of one folder. */
export function FileRows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="divide-y divide-line/70 border-t border-line">
      {children}
    </ul>
  )
}

interface FileRowProps {
  icon: LucideIcon
  name: string
  /** Of a folder: goes into it. */
  onOpen?: () => void
  /** At the right: the size. */
  detail?: ReactNode
}

export function FileRow({ icon: Icon, name, onOpen, detail }: FileRowProps) {
  return (
    <li className="flex min-h-9 min-w-0 items-center gap-2.5 px-4 py-1 hover:bg-hover/60">
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      {onOpen ? (
        <button
          type="button"
          onClick={onOpen}
          className="min-h-6 min-w-0 flex-1 rounded-sm text-left font-mono text-sm wrap-anywhere hover:text-accent hover:underline"
        >
          <ForeignText>{name}</ForeignText>
        </button>
      ) : (
        <span className="min-w-0 flex-1 font-mono text-sm wrap-anywhere">
          <ForeignText>{name}</ForeignText>
        </span>
      )}
      {detail !== null && <span className="shrink-0 text-sm text-muted">{detail}</span>}
    </li>
  )
}
