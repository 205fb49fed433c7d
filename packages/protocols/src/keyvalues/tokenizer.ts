import { ProtocolError, type TextPosition } from '../protocol-error.ts'

export type KeyValuesToken =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean; readonly offset: number }
  | { readonly kind: 'condition'; readonly text: string; readonly offset: number }
  | { readonly kind: 'open' | 'close' | 'end'; readonly offset: number }

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

/** Splits text into tokens as the engine does: `//` starts a comment only where a token could start. */
export class KeyValuesTokenizer {
  readonly #text: string
  readonly #escapes: boolean
  readonly #maxTokenLength: number
  #offset = 0

  constructor(text: string, options: { readonly escapes: boolean; readonly maxTokenLength: number }) {
    this.#text = text
    this.#escapes = options.escapes
    this.#maxTokenLength = options.maxTokenLength
  }

  next(): KeyValuesToken {
    this.#skip()
    const offset = this.#offset
    const code = this.#text.charCodeAt(offset)
    if (Number.isNaN(code)) return { kind: 'end', offset }
    if (code === openBrace || code === closeBrace) {
      this.#offset += 1
      return { kind: code === openBrace ? 'open' : 'close', offset }
    }
    if (code === quote) return { kind: 'text', quoted: true, offset, text: this.#quoted() }
    if (code === openBracket) {
      const condition = this.#condition()
      if (condition !== null) return { kind: 'condition', offset, text: condition }
    }
    return { kind: 'text', quoted: false, offset, text: this.#bare() }
  }

  malformed(message: string, offset: number): ProtocolError {
    return this.#error('malformed', message, offset)
  }

  tooLarge(message: string, offset: number): ProtocolError {
    return this.#error('too-large', message, offset)
  }

  #error(code: 'malformed' | 'too-large', message: string, offset: number): ProtocolError {
    const position = positionOf(this.#text, offset)
    return new ProtocolError(code, `${message} (line ${position.line}, column ${position.column})`, {
      position,
    })
  }

  #skip(): void {
    const text = this.#text
    for (;;) {
      const code = text.charCodeAt(this.#offset)
      // NUL too: files padded with them exist.
      if (code <= 0x20) this.#offset += 1
      else if (code === slash && text.charCodeAt(this.#offset + 1) === slash) {
        const end = text.indexOf('\n', this.#offset)
        this.#offset = end < 0 ? text.length : end + 1
      } else return
    }
  }

  #quoted(): string {
    const start = this.#offset
    const end = this.#escapes ? this.#escapedEnd(start + 1) : this.#text.indexOf('"', start + 1)
    if (end < 0) throw this.malformed('A quote is never closed.', start)
    this.#checkLength(start, end)
    this.#offset = end + 1
    const inside = this.#text.slice(start + 1, end)
    return this.#escapes && inside.includes('\\') ? resolveEscapes(inside) : inside
  }

  #escapedEnd(from: number): number {
    const text = this.#text
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code === backslash) at += 1
      else if (code === quote) return at
    }
    return -1
  }

  #bare(): string {
    const text = this.#text
    const start = this.#offset
    let end = start
    for (; end < text.length; end += 1) {
      const code = text.charCodeAt(end)
      if (code <= 0x20 || code === quote || code === openBrace || code === closeBrace) break
    }
    this.#checkLength(start, end)
    this.#offset = end
    return text.slice(start, end)
  }

  /** `[$X360]`, not a bare `[1 2 3]`. */
  #condition(): string | null {
    const text = this.#text
    const start = this.#offset
    let at = start + 1
    while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x21 || text.charCodeAt(at) === 0x28)
      at += 1
    if (text.charCodeAt(at) !== 0x24) return null
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at)
      if (code === 0x5d) {
        this.#checkLength(start, at)
        this.#offset = at + 1
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
