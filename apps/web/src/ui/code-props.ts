export type CodeLanguage = 'bash' | 'config' | 'plain'

export interface CodeEditorProps {
  /** Name of the field, for screen readers. */
  label: string
  value: string
  /** Missing: it can only be read. */
  onChange?: (value: string) => void
  language?: CodeLanguage
  /** Ctrl+S or ⌘S. */
  onSave?: () => void
  height?: 'short' | 'tall'
  /** Words that begin a command: completed while typing, explained where the pointer is. Should stay the same object. */
  terms?: readonly CodeTerm[]
  /** Lines to underline, because something is said about them below the editor. */
  marks?: readonly CodeMark[]
}

export interface CodeTerm {
  /** Lower case. */
  readonly name: string
  /** A few words: type, default, range. */
  readonly detail?: string
  /** One sentence. */
  readonly info?: string
}

export interface CodeMark {
  /** From 0. */
  readonly line: number
  readonly tone: 'neutral' | 'attention' | 'broken'
}

export interface CodeDiffProps {
  label: string
  /** The older text, and the newer one that it became. */
  before: string
  after: string
  language?: CodeLanguage
}
