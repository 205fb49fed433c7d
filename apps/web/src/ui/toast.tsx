import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { messages } from '../messages/messages.ts'
import { classes } from './classes.ts'
import { harmless } from './foreign-text.tsx'
import type { Tone } from './tone.ts'

const manager = Toast.createToastManager<{ tone: Tone; actions?: ReactNode }>()

/** Says in a corner what happened to something that isn't on the page any more. A failure stays until it is dismissed. */
export function announce(tone: Tone, title: string, detail?: string, actions?: ReactNode): void {
  manager.add({
    title: harmless(title),
    ...(detail ? { description: harmless(detail) } : {}),
    timeout: tone === 'broken' ? 0 : 5000,
    priority: tone === 'broken' ? 'high' : 'low',
    data: { tone, actions },
  })
}

export function ToastCorner({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      {children}
      <Toast.Portal>
        {/* On a phone at the top: at the bottom are the navigation and dialogs, which it must not cover. */}
        <Toast.Viewport className="fixed inset-x-3 top-14 z-60 flex flex-col gap-2 sm:inset-x-auto sm:top-auto sm:right-4 sm:bottom-4 sm:w-96">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

const edges: Record<Tone, string> = {
  neutral: 'border-l-edge',
  accent: 'border-l-accent',
  good: 'border-l-good',
  attention: 'border-l-attention',
  broken: 'border-l-broken',
}

function Toasts() {
  const { toasts } = Toast.useToastManager<{ tone: Tone; actions?: ReactNode }>()
  return toasts.map(toast => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      // An urgent one would be hidden from screen readers, since it is announced elsewhere; but it holds links and buttons.
      aria-hidden={false}
      className={classes(
        'rounded-md border border-l-4 border-line bg-raised shadow-lg transition-opacity duration-150 data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0',
        edges[toast.data?.tone ?? 'neutral'],
      )}
    >
      <Toast.Content className="flex items-start gap-2 p-3">
        <div className="flex min-w-0 flex-1 flex-col gap-1 wrap-anywhere">
          <Toast.Title className="font-medium" />
          <Toast.Description className="text-sm text-muted" />
          {toast.data?.actions}
        </div>
        <Toast.Close
          aria-hidden={false}
          aria-label={messages.actions.dismiss}
          className="flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:bg-hover hover:text-ink"
        >
          <X aria-hidden className="size-4" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ))
}
