import { useEffect, useId } from 'react'

const unsaved = new Set<string>()

/** Whether anything on the page is typed and not saved. */
export function anythingUnsaved(): boolean {
  return unsaved.size > 0
}

/** While `dirty`, the page isn't left without asking, and the end of the session doesn't close it. */
export function useUnsaved(dirty: boolean): void {
  const id = useId()
  useEffect(() => {
    if (!dirty) return
    unsaved.add(id)
    return () => {
      unsaved.delete(id)
    }
  }, [id, dirty])
}
