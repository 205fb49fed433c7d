import { ProtocolError, type TextPosition } from '../protocol-error.ts'

export type KeyValuesTokenKind = 'text' | 'condition' | 'open' | 'close' | 'end'

const quote = 0x22
const slash = 0x2f
const backslash = 0x5c
const openBracket = 0x5b
const openBrace = 0x7b
const closeBrace = 0x7d

/** Where `offset` is, for a message. Linear, so only for errors. */
export function positionOf(text: string, offset: number): TextPosition {
  let line = 1
  let lineStart = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1
    lineStart = at + 1
  }
  return { line, column: offset - lineStart + 1 }
}

/**
 * Splits text into tokens as the engine does: `//` starts a comment only where a token could start. The token that
 * `next` found stands in the fields, so that a file of a million tokens makes no million objects.
 */
export class KeyValuesTokenizer {
  /** Where the last token begins. */
  offset = 0
  /** Of the last token, when it is a text or a condition. */
  text = ''
  readonly #source: string
  readonly #escapes: boolean
  readonly #maxTokenLength: number
  #at = 0

  constructor(source: string, options: { readonly escapes: boolean; readonly maxTokenLength: number }) {
    this.#source = source
    this.#escapes = options.escapes
    this.#maxTokenLength = options.maxTokenLength
  }

  next(): KeyValuesTokenKind {
    this.#skip()
    const offset = this.#at
    this.offset = offset
    const code = this.#source.charCodeAt(offset)
    if (code === quote) {
      this.text = this.#quoted()
      return 'text'
    }
    if (code === openBrace || code === closeBrace) {
      this.#at = offset + 1
      return code === openBrace ? 'open' : 'close'
    }
    if (code === openBracket && this.nextCondition() !== null) return 'condition'
    if (Number.isNaN(code)) return 'end'
    this.text = this.#bare()
    return 'text'
  }

  /** The condition that stands next; null, and nothing read, when something else does. */
  nextCondition(): string | null {
    this.#skip()
    if (this.#source.charCodeAt(this.#at) !== openBracket) return null
    const condition = this.#condition()
    if (condition !== null) this.text = condition
    return condition
  }

  malformed(message: string, offset: number): ProtocolError {
    return this.#error('malformed', message, offset)
  }

  tooLarge(message: string, offset: number): ProtocolError {
    return this.#error('too-large', message, offset)
  }

  #error(code: 'malformed' | 'too-large', message: string, offset: number): ProtocolError {
    const position = positionOf(this.#source, offset)
    return new ProtocolError(code, `${message} (line ${position.line}, column ${position.column})`, {
      position,
    })
  }

  #skip(): void {
    const text = this.#source
    let at = this.#at
    for (;;) {
      const code = text.charCodeAt(at)
      // NUL too: files padded with them exist.
      if (code <= 0x20) at += 1
      else if (code === slash && text.charCodeAt(at + 1) === slash) {
        const end = text.indexOf('\n', at)
        at = end < 0 ? text.length : end + 1
      } else break
    }
    this.#at = at
  }

  #quoted(): string {
    const start = this.#at
    const end = this.#escapes ? this.#escapedEnd(start + 1) : this.#source.indexOf('"', start + 1)
    if (end < 0) throw this.malformed('A quote is never closed.', start)
    this.#checkLength(start, end)
    this.#at = end + 1
    const inside = this.#source.slice(start + 1, end)
    return this.#escapes && inside.includes('\\') ? resolveEscapes(inside) : inside
  }

  #escapedEnd(from: number): number {
    const text = this.#source
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code === backslash) at += 1
      else if (code === quote) return at
    }
    return -1
  }

  #bare(): string {
    const text = this.#source
    const start = this.#at
    let end = start
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end)
      if (code <= 0x20 || code === quote || code === openBrace || code === closeBrace) break
    }
    this.#checkLength(start, end)
    this.#at = end
    return text.slice(start, end)
  }

  /** `[$X360]`, not a bare `[1 2 3]`. */
  #condition(): string | null {
    const text = this.#source
    const start = this.#at
    let at = start + 1
    while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x21 || text.charCodeAt(at) === 0x28)
      at += 1
    if (text.charCodeAt(at) !== 0x24) return null
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code === 0x5d) {
        this.#checkLength(start, at)
        this.#at = at + 1
        return text.slice(start + 1, at).trim()
      }
      if (code < 0x20 || code === quote || code === openBrace || code === closeBrace) break
    }
    throw this.malformed('A condition is never closed.', start)
  }

  #checkLength(start: number, end: number): void {
    if (end - start > this.#maxTokenLength) {
      throw this.tooLarge(`A text has more than ${this.#maxTokenLength} characters.`, start)
    }
  }
}

function resolveEscapes(text: string): string {
  return text.replace(/\\([nt\\"])/g, (_whole, code: string) => {
    if (code === 'n') return '\n'
    return code === 't' ? '\t' : code
  })
}
