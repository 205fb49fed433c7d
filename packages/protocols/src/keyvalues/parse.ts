import { ProtocolError, type TextPosition } from '../protocol-error.ts'
import type { KeyValuesPair } from './pair.ts'
import { decodeUnknownText, type TextEncodingName } from './text-encoding.ts'
import { KeyValuesTokenizer, positionOf } from './tokenizer.ts'

export interface KeyValuesOptions {
  /**
   * Reads `\n \t \\ \"` inside quotes. Off unless said otherwise, as for mission files, where a backslash is a
   * backslash.
   */
  readonly escapes?: boolean
  /** Bytes, or UTF-16 code units of a string. 16 MiB unless said otherwise. */
  readonly maxLength?: number
  /** Sections inside sections. 64 unless said otherwise. */
  readonly maxDepth?: number
  /** Code units of one text. 64 KiB unless said otherwise. */
  readonly maxTokenLength?: number
  /** 500,000 unless said otherwise. */
  readonly maxPairs?: number
}

/** What was wrong, but not so wrong that the engine would refuse it. */
export interface KeyValuesWarning {
  readonly message: string
  readonly position: TextPosition
}

export interface KeyValuesDocument {
  readonly pairs: readonly KeyValuesPair[]
  readonly warnings: readonly KeyValuesWarning[]
  /** How the bytes were read; null when a string was given. */
  readonly encoding: TextEncodingName | null
}

const defaults: Required<KeyValuesOptions> = {
  escapes: false,
  maxLength: 16 * 1024 * 1024,
  maxDepth: 64,
  maxTokenLength: 64 * 1024,
  maxPairs: 500_000,
}

/**
 * Reads KeyValues text. Bytes are decoded by their byte order mark, else as UTF-8, GBK or Windows-1252 (whichever fits).
 * Missing braces at the end, and one too many, are warnings. Throws ProtocolError with a position: `malformed` for what
 * the engine can't read either and for `#include` and `#base` (files of strangers may not pull in others), `too-large` beyond a
 * limit. Linear in the length.
 */
export function parseKeyValues(
  input: string | Uint8Array,
  options: KeyValuesOptions = {},
): KeyValuesDocument {
  const limits = { ...defaults, ...options }
  if (input.length > limits.maxLength) {
    throw new ProtocolError('too-large', `The text is longer than ${limits.maxLength}.`)
  }
  const decoded = typeof input === 'string' ? { text: input, encoding: null } : decodeUnknownText(input)
  const text = decoded.text.startsWith('\ufeff') ? decoded.text.slice(1) : decoded.text
  const parser = new Parser(text, limits)
  return { pairs: parser.parse(), warnings: parser.warnings, encoding: decoded.encoding }
}

interface OpenSection {
  readonly pairs: KeyValuesPair[]
  readonly offset: number
}

class Parser {
  readonly warnings: KeyValuesWarning[] = []
  readonly #text: string
  readonly #limits: Required<KeyValuesOptions>
  readonly #tokens: KeyValuesTokenizer
  readonly #parents: OpenSection[] = []
  #section: OpenSection = { pairs: [], offset: 0 }
  #count = 0

  constructor(text: string, limits: Required<KeyValuesOptions>) {
    this.#text = text
    this.#limits = limits
    this.#tokens = new KeyValuesTokenizer(text, limits)
  }

  parse(): KeyValuesPair[] {
    const tokens = this.#tokens
    for (;;) {
      switch (tokens.next()) {
        case 'text':
          this.#pair(tokens.text, tokens.offset)
          break
        case 'close':
          this.#close(tokens.offset)
          break
        case 'end':
          return this.#finish()
        case 'open':
          throw tokens.malformed('A section has no name.', tokens.offset)
        case 'condition':
          throw tokens.malformed('A condition belongs to nothing.', tokens.offset)
      }
    }
  }

  #pair(key: string, offset: number): void {
    const tokens = this.#tokens
    if (key.charCodeAt(0) === 0x23 && /^#(?:include|base)$/i.test(key)) {
      throw tokens.malformed(`${key} is not allowed.`, offset)
    }
    this.#count += 1
    if (this.#count > this.#limits.maxPairs) {
      throw tokens.tooLarge(`There are more than ${this.#limits.maxPairs} pairs.`, offset)
    }
    const condition = tokens.nextCondition()
    const kind = tokens.next()
    if (kind === 'text') {
      const value = tokens.text
      this.#section.pairs.push({ key, value, condition: tokens.nextCondition() ?? condition })
    } else if (kind === 'open') this.#open(key, condition, tokens.offset)
    else throw tokens.malformed(`“${shorten(key)}” has no value.`, offset)
  }

  #open(key: string, condition: string | null, offset: number): void {
    const pairs: KeyValuesPair[] = []
    this.#section.pairs.push({ key, value: pairs, condition })
    this.#parents.push(this.#section)
    this.#section = { pairs, offset }
    if (this.#parents.length > this.#limits.maxDepth) {
      throw this.#tokens.tooLarge(`Sections are nested deeper than ${this.#limits.maxDepth}.`, offset)
    }
  }

  #close(offset: number): void {
    const parent = this.#parents.pop()
    if (parent !== undefined) this.#section = parent
    else this.#warn('A brace closes nothing.', offset)
  }

  #finish(): KeyValuesPair[] {
    const root = this.#parents[0] ?? this.#section
    if (this.#parents.length > 0) this.#warn('A section is never closed.', this.#section.offset)
    return root.pairs
  }

  #warn(message: string, offset: number): void {
    // One of each is enough: a thousand stray braces are no better known for a thousand messages.
    if (this.warnings.some(warning => warning.message === message)) return
    this.warnings.push({ message, position: positionOf(this.#text, offset) })
  }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
