import { ProtocolError } from '../protocol-error.ts'
import type { KeyValuesPair } from './pair.ts'

export interface KeyValuesWriteOptions {
  /** Writes `\n \t \\ \"`. Only for readers that resolve them: without, text with a quote can't be written. */
  readonly escapes?: boolean
}

/** Deeper than any reader goes. */
const maxDepth = 64

/**
 * KeyValues text, in the order of the pairs, every text in quotes, tabs for depth: what `parseKeyValues` with the same
 * `escapes` reads back as the same pairs. Throws `bad-input` for what can't be written so, and for `#include` and `#base`.
 */
export function writeKeyValues(pairs: readonly KeyValuesPair[], options: KeyValuesWriteOptions = {}): string {
  const lines: string[] = []
  writeSection(pairs, options.escapes ?? false, 0, lines)
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

function writeSection(
  pairs: readonly KeyValuesPair[],
  escapes: boolean,
  depth: number,
  lines: string[],
): void {
  if (depth > maxDepth) {
    throw new ProtocolError('bad-input', `Sections can't be nested deeper than ${maxDepth}.`)
  }
  const indentation = '\t'.repeat(depth)
  for (const { key, value, condition } of pairs) {
    if (/^#(?:include|base)$/i.test(key)) throw new ProtocolError('bad-input', `${key} can't be a key.`)
    const start = `${indentation}${quoted(key, escapes)}`
    const suffix = condition === null ? '' : `\t${bracketed(condition)}`
    if (typeof value === 'string') lines.push(`${start}\t\t${quoted(value, escapes)}${suffix}`)
    else {
      lines.push(`${start}${suffix}`, `${indentation}{`)
      writeSection(value, escapes, depth + 1, lines)
      lines.push(`${indentation}}`)
    }
  }
}

function quoted(text: string, escapes: boolean): string {
  if (escapes) return `"${text.replace(/[\n\t\\"]/g, escapeOf)}"`
  if (text.includes('"')) {
    throw new ProtocolError(
      'bad-input',
      'Text with a quote can only be written for readers that know escapes.',
    )
  }
  return `"${text}"`
}

function escapeOf(character: string): string {
  if (character === '\n') return '\\n'
  return character === '\t' ? '\\t' : `\\${character}`
}

function bracketed(condition: string): string {
  if (!/^[!(]*\$[\w$!|&() .]*$/.test(condition) || condition.trim() !== condition) {
    throw new ProtocolError('bad-input', `[${condition.slice(0, 100)}] is no condition.`)
  }
  return `[${condition}]`
}
