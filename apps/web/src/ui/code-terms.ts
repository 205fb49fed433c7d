import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { type Extension, RangeSetBuilder } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  EditorView,
  hoverTooltip,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view'
import type { CodeMark, CodeTerm } from './code-props.ts'

/** Completes and explains words at the beginning of a command, and underlines what is marked. */
export function codeTerms(terms: readonly CodeTerm[]): Extension {
  const byName = new Map(terms.map(term => [term.name, term]))
  return [
    autocompletion({ override: [context => complete(context, terms)], icons: false }),
    hoverTooltip((view, position) => {
      const line = view.state.doc.lineAt(position)
      const word = wordAt(line.text, position - line.from)
      const term = word && byName.get(word.text.toLowerCase())
      if (!word || !term) return null
      return {
        pos: line.from + word.from,
        end: line.from + word.from + word.text.length,
        above: true,
        create: () => ({ dom: describe(term) }),
      }
    }),
    look,
  ]
}

/** Underlines the lines that something is said about; what is said stands below the editor, for everybody. */
export function codeMarks(marks: () => readonly CodeMark[]): Extension {
  const build = (view: EditorView): DecorationSet => {
    const builder = new RangeSetBuilder<Decoration>()
    const tones = new Map(marks().map(mark => [mark.line, mark.tone]))
    for (let number = 1; number <= view.state.doc.lines; number += 1) {
      const tone = tones.get(number - 1)
      const line = view.state.doc.line(number)
      const start = line.from + (line.text.length - line.text.trimStart().length)
      if (tone && line.to > start) builder.add(start, line.to, Decoration.mark({ class: `cm-said-${tone}` }))
    }
    return builder.finish()
  }
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet
      constructor(view: EditorView) {
        this.decorations = build(view)
      }
      update(update: ViewUpdate) {
        // Marks come a moment after what was typed, with a transaction that changes nothing.
        if (update.docChanged || update.transactions.length > 0) this.decorations = build(update.view)
      }
    },
    { decorations: plugin => plugin.decorations },
  )
}

function complete(context: CompletionContext, terms: readonly CodeTerm[]): CompletionResult | null {
  const word = context.matchBefore(/(?:^|;|\bsm_cvar)[ \t]*[\w.+-]*$/)
  if (!word) return null
  const typed = /[\w.+-]*$/.exec(word.text)?.[0] ?? ''
  if (typed === '' && !context.explicit) return null
  return {
    from: context.pos - typed.length,
    options: terms.map(term => ({
      label: term.name,
      ...(term.detail === undefined ? {} : { detail: term.detail }),
      info: () => describe(term),
      apply: `${term.name} `,
    })),
    validFor: /^[\w.+-]*$/,
  }
}

function wordAt(line: string, offset: number): { text: string; from: number } | null {
  for (const match of line.matchAll(/[\w.+-]+/g)) {
    if (match.index <= offset && offset <= match.index + match[0].length) {
      return { text: match[0], from: match.index }
    }
  }
  return null
}

function describe({ name, detail, info }: CodeTerm): HTMLElement {
  const box = document.createElement('div')
  box.className = 'cm-term'
  for (const [tag, text] of [
    ['strong', name],
    ['div', info],
    ['small', detail],
  ] as const) {
    if (text === undefined) continue
    const part = document.createElement(tag)
    part.textContent = text
    box.append(part)
  }
  return box
}

const look = EditorView.theme({
  '.cm-tooltip': {
    backgroundColor: 'var(--color-raised)',
    border: '1px solid var(--color-line)',
    borderRadius: '6px',
    color: 'var(--color-ink)',
  },
  '.cm-term': { maxWidth: '22rem', padding: '0.4rem 0.6rem', fontFamily: 'var(--font-sans)' },
  '.cm-term strong': { fontFamily: 'var(--font-mono)' },
  '.cm-term small': { color: 'var(--color-muted)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--color-accent-soft)',
    color: 'var(--color-ink)',
  },
  '.cm-completionDetail': { color: 'var(--color-muted)', fontStyle: 'normal' },
  '.cm-said-attention': { textDecoration: 'underline wavy var(--color-attention)' },
  '.cm-said-broken': { textDecoration: 'underline wavy var(--color-broken)' },
  '.cm-said-neutral': { textDecoration: 'underline dotted var(--color-muted)' },
})
