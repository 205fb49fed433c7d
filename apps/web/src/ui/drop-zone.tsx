import { FileUp } from 'lucide-react'
import { type DragEvent, useId, useState } from 'react'
import { classes } from './classes.ts'

interface DropZoneProps {
  /** What it takes, as a call to action. */
  label: string
  hint: string
  onFiles: (files: File[]) => void
}

/** Takes files that are dropped on it, or chosen after pressing it. */
export function DropZone({ label, hint, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false)
  const hintId = useId()
  const take = (files: FileList | null) => {
    if (files && files.length > 0) onFiles([...files])
  }
  const drag = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault()
      setOver(false)
      take(event.dataTransfer.files)
    },
  }
  return (
    <div
      {...drag}
      className={classes(
        'flex flex-col items-center rounded-lg border-2 border-dashed text-center transition-colors duration-75',
        over ? 'border-accent bg-accent-soft' : 'border-edge/60 bg-surface',
      )}
    >
      <label className="flex w-full flex-col items-center gap-1.5 rounded-lg px-6 py-6 hover:bg-hover/60 has-focus-visible:outline-2 has-focus-visible:outline-accent">
        <FileUp aria-hidden className="size-6 text-muted" strokeWidth={1.5} />
        <span className="font-medium">{label}</span>
        <span id={hintId} className="max-w-prose text-sm text-muted">
          {hint}
        </span>
        <input
          type="file"
          multiple
          aria-label={label}
          aria-describedby={hintId}
          className="sr-only"
          onChange={event => {
            take(event.target.files)
            // So that the same file can be chosen again.
            event.target.value = ''
          }}
        />
      </label>
    </div>
  )
}
