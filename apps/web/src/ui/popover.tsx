import { Popover as Base } from '@base-ui/react/popover'
import type { ReactNode } from 'react'

interface PopoverProps {
  /** What is pressed, hovered or focused to see it. */
  trigger: ReactNode
  label: string
  children: ReactNode
  onOpen?: () => void
}

/** More about a thing, on hover, focus and press. */
export function Popover({ trigger, label, children, onOpen }: PopoverProps) {
  return (
    <Base.Root onOpenChange={open => open && onOpen?.()}>
      <Base.Trigger
        openOnHover
        delay={150}
        aria-label={label}
        className="inline-flex min-h-6 items-center gap-1.5 rounded-sm decoration-edge decoration-dotted underline-offset-4 hover:underline pointer-coarse:min-h-9"
      >
        {trigger}
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-50">
          <Base.Popup
            aria-label={label}
            className="max-w-80 min-w-44 rounded-md border border-line bg-raised p-3 text-sm shadow-lg transition-opacity duration-100 outline-none data-ending-style:opacity-0 data-starting-style:opacity-0"
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
