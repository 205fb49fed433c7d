import { ChevronDown, ChevronUp, GripVertical } from 'lucide-react'
import {
  type KeyboardEvent,
  type ReactNode,
  type PointerEvent as ReactPointerEvent,
  useEffect,
  useEffectEvent,
  useRef,
  useState,
} from 'react'
import { messages } from '../messages/messages.ts'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import { moved } from './moved.ts'

interface OrderedListProps<Item> {
  /** What the list shows, for screen readers. */
  label: string
  items: readonly Item[]
  keyOf: (item: Item) => string | number
  /** Names an item, for the buttons that move it. */
  nameOf: (item: Item) => string
  /** Missing: the order can't be changed. */
  onOrder?: (items: Item[]) => void
  children: (item: Item, index: number) => ReactNode
}

const text = messages.ordering

/**
 * Things in an order that counts. They are dragged at the handle, or moved with the arrow keys while the handle has the
 * focus, or with the buttons; each move is told to a screen reader.
 */
export function OrderedList<Item>({
  label,
  items,
  keyOf,
  nameOf,
  onOrder,
  children,
}: OrderedListProps<Item>) {
  const list = useRef<HTMLOListElement>(null)
  const [dragged, setDragged] = useState<string | number | null>(null)
  const [said, say] = useState('')

  const move = (from: number, to: number) => {
    const item = items[from]
    if (item === undefined || to < 0 || to >= items.length || to === from || !onOrder) return
    onOrder(moved(items, from, to))
    say(text.moved(nameOf(item), to + 1, items.length))
  }
  const dragTo = useEffectEvent((key: string | number, y: number) => {
    const from = items.findIndex(item => keyOf(item) === key)
    move(from, placeAt([...(list.current?.children ?? [])], from, y))
  })
  // Heard by the window: the handle itself is moved to another place in the document on the way.
  useEffect(() => {
    if (dragged === null) return
    const onMove = (event: PointerEvent) => dragTo(dragged, event.clientY)
    const onEnd = () => setDragged(null)
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', onEnd)
    window.addEventListener('pointercancel', onEnd)
    return () => {
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', onEnd)
      window.removeEventListener('pointercancel', onEnd)
    }
  }, [dragged])

  const handle = (item: Item, index: number) => ({
    onPointerDown: (event: ReactPointerEvent) => {
      if (event.button === 0) setDragged(keyOf(item))
    },
    onKeyDown: (event: KeyboardEvent) => {
      const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: items.length - 1 }[event.key]
      if (to === undefined) return
      event.preventDefault()
      move(index, to)
    },
  })

  return (
    <>
      <ol ref={list} aria-label={label} className="divide-y divide-line/70">
        {items.map((item, index) => (
          <li
            key={keyOf(item)}
            className={classes(
              'flex min-w-0 items-center gap-2 py-2 pr-3 pl-2',
              dragged === keyOf(item) && 'bg-accent-soft',
            )}
          >
            {onOrder ? (
              <button
                type="button"
                aria-label={text.handle(nameOf(item), index + 1, items.length)}
                title={text.handleHint}
                className="flex h-9 w-6 shrink-0 cursor-grab touch-none items-center justify-center rounded-sm text-muted hover:text-ink active:cursor-grabbing pointer-coarse:w-9"
                {...handle(item, index)}
              >
                <GripVertical aria-hidden className="size-4" />
              </button>
            ) : (
              <span className="w-6 shrink-0 text-right text-sm text-muted">{index + 1}</span>
            )}
            <div className="min-w-0 flex-1">{children(item, index)}</div>
            {onOrder && (
              <div className="hidden shrink-0 items-center sm:flex">
                <Button
                  kind="quiet"
                  small
                  iconOnly
                  icon={ChevronUp}
                  disabledReason={index === 0 ? text.isFirst : null}
                  onClick={() => move(index, index - 1)}
                >
                  {text.up(nameOf(item))}
                </Button>
                <Button
                  kind="quiet"
                  small
                  iconOnly
                  icon={ChevronDown}
                  disabledReason={index === items.length - 1 ? text.isLast : null}
                  onClick={() => move(index, index + 1)}
                >
                  {text.down(nameOf(item))}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ol>
      <div role="status" className="sr-only">
        {said}
      </div>
    </>
  )
}

/** Where a row is to go while the pointer is at `y`: past the middle of another row, so that rows of unequal height don’t swap back and forth. */
function placeAt(rows: readonly Element[], from: number, y: number): number {
  const middle = (index: number) => {
    const { top, height } = rows[index]?.getBoundingClientRect() ?? { top: y, height: 0 }
    return top + height / 2
  }
  let to = from
  while (to > 0 && y < middle(to - 1)) to -= 1
  if (to < from) return to
  while (to < rows.length - 1 && y > middle(to + 1)) to += 1
  return to
}
