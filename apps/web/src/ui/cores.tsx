import { classes } from './classes.ts'

export interface CoreTile {
  readonly core: number
  /** “Core 3” */
  readonly name: string
  /** What may run there, in words. */
  readonly parts: readonly string[]
  /** Kept for one thing: it stands out. */
  readonly reserved: boolean
}

/** The machine's cores beside each other, each with what may run there. */
export function Cores({ label, cores }: { label: string; cores: readonly CoreTile[] }) {
  return (
    <ul
      aria-label={label}
      className="grid grid-cols-[repeat(auto-fill,minmax(5.5rem,1fr))] gap-1.5 text-center"
    >
      {cores.map(({ core, name, parts, reserved }) => (
        <li
          key={core}
          title={name}
          className={classes(
            'min-w-0 rounded-md border px-1 py-1.5',
            reserved ? 'border-accent bg-accent-soft' : 'border-line bg-sunken',
          )}
        >
          <span className="sr-only">{name}: </span>
          <span aria-hidden className="block font-semibold">
            {core}
          </span>
          <span className={classes('block text-xs wrap-anywhere', reserved ? 'text-accent' : 'text-muted')}>
            {parts.join(', ')}
          </span>
        </li>
      ))}
    </ul>
  )
}
