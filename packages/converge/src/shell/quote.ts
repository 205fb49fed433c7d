import { badDefinition } from '../converge-error.ts'

/**
 * One word of POSIX shell that means exactly `text`, whatever it holds. A NUL byte can't be said in a shell and is
 * refused. Everything that isn't written in this package's own scripts reaches a shell by this function or as base64.
 */
export function quote(text: string): string {
  if (text.includes('\0'))
    throw badDefinition('A text with a NUL byte can not be given to a shell. Remove it.')
  if (text.length > 0 && /^[A-Za-z0-9_/.:@%+=,-]+$/.test(text) && !text.startsWith('=')) return text
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** A command of fixed words, each quoted. */
export function command(words: readonly string[]): string {
  return words.map(quote).join(' ')
}
