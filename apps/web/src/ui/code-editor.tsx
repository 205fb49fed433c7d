import { lazy, Suspense } from 'react'
import { messages } from '../messages/messages.ts'
import type { CodeDiffProps, CodeEditorProps } from './code-props.ts'
import { Loading } from './progress.tsx'

// The editor is as large as the rest of the application together: it comes when somebody edits.
const Editor = lazy(async () => ({ default: (await import('./code-mirror.tsx')).CodeMirrorEditor }))
const Diff = lazy(async () => ({ default: (await import('./code-mirror.tsx')).CodeMirrorDiff }))

/** Several lines of code with numbers and colours. Tab moves on as everywhere; indenting is Ctrl+]. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Loading label={messages.loading} />}>
      <Editor {...props} />
    </Suspense>
  )
}

/** What changed between two texts, in one column; unchanged stretches are folded. */
export function CodeDiff(props: CodeDiffProps) {
  return (
    <Suspense fallback={<Loading label={messages.loading} />}>
      <Diff {...props} />
    </Suspense>
  )
}
