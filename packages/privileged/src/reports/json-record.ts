/** Longer ones aren't written by the helpers. */
const lengthLimit = 64 * 1024

/** The object that `text` is in JSON, or null. */
export function parseRecord(text: string): Readonly<Record<string, unknown>> | null {
  if (text.length > lengthLimit) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
