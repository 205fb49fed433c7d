import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement, ReactNode } from 'react'

/** One tooltip for all of its triggers: a list of 200 servers has 600 of them, and shows one at a time. */
const handle = Base.createHandle<ReactNode>()

/** Holds the tooltip. Once, round everything. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider delay={300}>
      {children}
      <Base.Root handle={handle}>
        {({ payload }) => (
          <Base.Portal>
            <Base.Positioner sideOffset={6} className="z-70">
              <Base.Popup className="max-w-72 rounded-md border border-line bg-raised px-2 py-1.5 text-sm text-ink shadow-lg transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
                {payload}
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        )}
      </Base.Root>
    </Base.Provider>
  )
}

/**
 * A hint on hover and focus, and on a press too: a phone has neither, and a disabled button's reason must be reachable
 * there. The text should not be the only place for something needed; a control's name is its own.
 */
export function Tooltip({
  text,
  children,
}: {
  text: ReactNode
  children: ReactElement<Record<string, unknown>>
}) {
  return <Base.Trigger handle={handle} payload={text} render={children} closeOnClick={false} />
}
