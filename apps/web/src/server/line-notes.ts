import type { GeneratedConfig } from '@left4me/contract'
import { messages } from '../messages/messages.ts'

export interface LineNote {
  readonly note: string
  /** Nothing that the line sets stays. */
  readonly overridden: boolean
}

const text = messages.config

/** What is said about lines of a generated config: which later line sets the same, or which earlier ones this line wins over. */
export function lineNotes(settings: GeneratedConfig['settings']): ReadonlyMap<number, LineNote> {
  const deciding = new Set(settings.map(setting => setting.line))
  const notes = new Map<number, LineNote>()
  const add = (line: number, note: string) => {
    const before = notes.get(line)
    notes.set(line, {
      note: before ? `${before.note} ${note}` : note,
      overridden: !deciding.has(line),
    })
  }
  for (const { name, line, overrides } of settings) {
    for (const other of overrides) add(other, text.setAgain(name, line + 1))
    if (overrides.length > 0)
      add(
        line,
        text.winsOver(
          name,
          overrides.map(other => other + 1),
        ),
      )
  }
  return notes
}
