import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import {
  bracketMatching,
  HighlightStyle,
  indentUnit,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language'
import { shell } from '@codemirror/legacy-modes/mode/shell'
import { unifiedMergeView } from '@codemirror/merge'
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import { classes } from './classes.ts'
import type { CodeDiffProps, CodeEditorProps, CodeLanguage, CodeMark, CodeTerm } from './code-props.ts'
import { codeMarks, codeTerms } from './code-terms.ts'

/** Lines of server.cfg: comments, quoted values, the name in front. */
const config = StreamLanguage.define<{ first: boolean }>({
  startState: () => ({ first: true }),
  token: (stream, state) => {
    if (stream.sol()) state.first = true
    if (stream.eatSpace()) return null
    if (stream.match('//')) {
      stream.skipToEnd()
      return 'comment'
    }
    if (stream.match(/^"[^"]*"?/)) {
      state.first = false
      return 'string'
    }
    stream.match(/^[^\s"]+/)
    const name = state.first
    state.first = false
    return name ? 'keyword' : 'number'
  },
})

const languages: Record<CodeLanguage, Extension> = {
  bash: StreamLanguage.define(shell),
  config,
  plain: [],
}

/** The tokens of the kit: both themes come from the same ones. */
const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.keyword, tags.standard(tags.name)], color: 'var(--color-accent)' },
    { tag: [tags.string, tags.special(tags.string)], color: 'var(--color-good)' },
    { tag: [tags.number, tags.atom], color: 'var(--color-attention)' },
    { tag: [tags.comment, tags.meta], color: 'var(--color-muted)', fontStyle: 'italic' },
  ]),
)

const look = EditorView.theme({
  '&': { flex: '1 1 auto', minHeight: '0', backgroundColor: 'var(--color-sunken)', fontSize: '0.8rem' },
  '&.cm-focused': { outline: '2px solid var(--color-accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.25rem' },
  '.cm-content': { caretColor: 'var(--color-ink)', paddingBlock: '0.5rem' },
  '.cm-cursor': { borderLeftColor: 'var(--color-ink)' },
  '.cm-gutters': {
    backgroundColor: 'var(--color-sunken)',
    color: 'var(--color-muted)',
    borderRight: '1px solid var(--color-line)',
  },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in oklab, var(--color-hover) 70%, transparent)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklab, var(--color-accent) 26%, transparent)',
  },
  // Pressing anywhere in the empty part goes into the text.
  '&.cm-writable .cm-content, &.cm-writable .cm-gutter': { minHeight: '11.75rem' },
  '.cm-changedLine': { backgroundColor: 'var(--color-good-soft)' },
  '.cm-changedText': { background: 'none', fontWeight: '600' },
  '.cm-deletedChunk': { backgroundColor: 'var(--color-broken-soft)', paddingLeft: '0.4rem' },
  '.cm-deletedChunk .cm-deletedText': { background: 'none', fontWeight: '600' },
  '.cm-deletedLine del': { textDecoration: 'line-through' },
  '.cm-collapsedLines': {
    background: 'var(--color-hover)',
    color: 'var(--color-muted)',
    padding: '0.15rem 0.5rem',
  },
})

/** Marks a change that nobody typed here: who brought the text knows it already. */
const fromOutside = Annotation.define<boolean>()

/** `tall` is as high as its text needs, and scrolls where that is more than the screen has. */
const heights = { short: 'h-64', tall: 'min-h-48 max-h-[max(18rem,calc(100dvh-24rem))]' }
const frame = 'flex min-w-0 flex-col overflow-hidden rounded-md border border-edge'

const reading = (label: string, language: CodeLanguage): Extension[] => [
  lineNumbers(),
  languages[language],
  colours,
  look,
  EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocorrect: 'off' }),
]

const noTerms: readonly CodeTerm[] = []
/** They may come after the editor, which then goes on with its text, cursor and history. */
const termsPlace = new Compartment()
const extensionOf = (terms: readonly CodeTerm[]) => (terms.length > 0 ? codeTerms(terms) : [])
const noMarks: readonly CodeMark[] = []

/** The editor itself; its parts are only in the chunk that `CodeEditor` loads. */
export function CodeMirrorEditor({
  label,
  value,
  onChange,
  onSave,
  language = 'plain',
  height = 'tall',
  terms = noTerms,
  marks = noMarks,
}: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  // The editor lives as long as the page; what it calls is always the newest.
  const heard = useRef({ onChange, onSave })
  heard.current = { onChange, onSave }
  const marked = useRef(marks)
  marked.current = marks
  const known = useRef(terms)
  known.current = terms
  const first = useRef(value)
  const writable = onChange !== undefined

  useEffect(() => {
    if (!place.current) return
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          reading(label, language),
          termsPlace.of(extensionOf(known.current)),
          codeMarks(() => marked.current),
          history(),
          drawSelection(),
          bracketMatching(),
          indentUnit.of('  '),
          writable
            ? [
                highlightActiveLine(),
                highlightActiveLineGutter(),
                EditorView.editorAttributes.of({ class: 'cm-writable' }),
              ]
            : EditorState.readOnly.of(true),
          keymap.of([
            {
              key: 'Mod-s',
              preventDefault: true,
              run: () => {
                heard.current.onSave?.()
                return true
              },
            },
            ...defaultKeymap,
            ...historyKeymap,
          ]),
          EditorView.updateListener.of(update => {
            const typed = !update.transactions.some(transaction => transaction.annotation(fromOutside))
            if (update.docChanged && typed) heard.current.onChange?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = editor
    return () => {
      first.current = editor.state.doc.toString()
      view.current = null
      editor.destroy()
    }
  }, [label, language, writable])

  useEffect(() => view.current?.dispatch({ effects: termsPlace.reconfigure(extensionOf(terms)) }), [terms])

  // The editor's own plugin reads them, at the next transaction.
  useEffect(() => view.current?.dispatch({}), [marks])

  // A text from outside (restored, reset) replaces what is there; one's own typing is there already.
  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value) return
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      annotations: fromOutside.of(true),
    })
  }, [value])

  return <div ref={place} className={classes(frame, heights[height])} />
}

export function CodeMirrorDiff({ label, before, after, language = 'plain' }: CodeDiffProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: after,
        extensions: [
          reading(label, language),
          EditorState.readOnly.of(true),
          unifiedMergeView({
            original: before,
            mergeControls: false,
            collapseUnchanged: { margin: 3, minSize: 6 },
          }),
        ],
      }),
    })
    return () => editor.destroy()
  }, [label, before, after, language])
  return <div ref={place} className={classes(frame, 'max-h-96 overflow-y-auto')} />
}
