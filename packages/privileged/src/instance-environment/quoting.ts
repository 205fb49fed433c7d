/**
 * What systemd does with a value between an environment file and a program's arguments: systemd.exec(5),
 * EnvironmentFile= (quotes and escapes of the file), then systemd.service(5), “Command lines” (`$NAME` as a word of its
 * own is split at white space, quotes respected). Only the part that both sides here write is read; all else is refused.
 */

/** Words that neither level would change. */
const plainWord = /^[A-Za-z0-9_+\-./:,=@%^~]+$/

/** One word as it must stand in the value that is split. */
export function quoteWord(word: string): string {
  return plainWord.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`
}

/** Splits as systemd does. null for what isn't plain words or double quoted ones with single blanks between. */
export function splitWords(value: string): string[] | null {
  const words: string[] = []
  const word = /(?:"((?:[^"\\]|\\["\\])*)"|([^\s"'\\$`;#]+))(?: (?=\S)|$)/uy
  while (word.lastIndex < value.length) {
    const found = word.exec(value)
    if (!found) return null
    words.push(found[1]?.replace(/\\(["\\])/g, '$1') ?? found[2] ?? '')
  }
  return words
}

/** A value as it must stand in an environment file. */
export function quoteValue(value: string): string {
  return `"${value.replace(/["\\$`]/g, '\\$&')}"`
}

/** null for what is neither plain nor wholly double quoted. */
export function unquoteValue(text: string): string | null {
  if (/^[^"'\\$`]*$/.test(text)) return text === text.trim() ? text : null
  const found = /^"((?:[^"\\]|\\["\\$`])*)"$/u.exec(text)
  return found ? (found[1] ?? '').replace(/\\(["\\$`])/g, '$1') : null
}
