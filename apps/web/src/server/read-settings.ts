import { limits } from '@left4me/contract'
import type { FieldErrors } from '../api/problem-error.ts'
import { messages } from '../messages/messages.ts'

/** Lines as typed into a text area. Blank lines at the end are no lines. */
export function readLines(text: string): string[] {
  const lines = text.replaceAll('\r\n', '\n').replace(/\s+$/, '').split('\n')
  return lines.length === 1 && lines[0] === '' ? [] : lines
}

/** Arguments as typed: separated by blanks or line breaks. The engine knows no quoting, so neither does this. */
export function readArguments(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}

/** A port as typed; null: none. Undefined: it isn't one. */
export function readPort(text: string): number | null | undefined {
  const typed = text.trim()
  if (typed === '') return null
  const port = Number(typed)
  return /^\d+$/.test(typed) && port >= 1024 && port <= 65_535 ? port : undefined
}

/** What the API would refuse of a name, told before it is asked. */
export function nameError(name: string, maxLength: number = limits.serverName): string | undefined {
  const typed = name.trim()
  if (typed === '') return messages.forms.required
  if (typed.length > maxLength) return messages.forms.tooLong(maxLength)
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(typed)) return messages.forms.notAllowed
  return undefined
}

/** Errors found here, else those that the API answered. Absent where there is none. */
export function joinErrors(own: Record<string, string | undefined>, answered: FieldErrors): FieldErrors {
  const found: Record<string, string> = { ...answered }
  for (const [field, message] of Object.entries(own)) if (message !== undefined) found[field] = message
  return found
}
