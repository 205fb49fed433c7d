import { describe, expect, it } from 'vitest'
import { english } from './english.ts'
import { chooseLanguage, messages } from './messages.ts'

const sources = import.meta.glob<string>(['../**/*.ts', '../**/*.tsx', '!../**/*.test.*', '!./*'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

type Texts = { readonly [key: string]: unknown }

/** The path of every text, `servers.title`. */
function pathsOf(texts: Texts, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? pathsOf(value as Texts, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  )
}

/** Paths that a source names, by itself or by a constant that stands for a part; a part that is indexed counts whole. */
function namedIn(source: string): string[] {
  const parts = new Map([['messages', '']])
  for (const [, names = '', path = ''] of source.matchAll(
    /const (\w+|\{[^}]*\}) = messages((?:\.\w+)*)$/gm,
  )) {
    const prefix = path === '' ? '' : `${path.slice(1)}.`
    if (!names.startsWith('{')) parts.set(names, prefix)
    else {
      for (const name of names.slice(1, -1).split(',')) {
        const rest = /^\s*\.\.\.(\w+)/.exec(name)
        const [key = '', alias = key] = name.trim().split(/:\s*/)
        if (rest) parts.set(rest[1] ?? '', prefix)
        else if (key) parts.set(alias, `${prefix}${key}`)
      }
    }
  }
  const named: string[] = []
  for (const [name, prefix] of parts) {
    for (const [whole, path = ''] of source.matchAll(
      new RegExp(`(?<![.\\w])${name}((?:\\.\\w+)*)\\b(?:\\[)?`, 'g'),
    )) {
      const full =
        path === '' ? prefix : prefix.endsWith('.') || prefix === '' ? prefix + path.slice(1) : prefix + path
      named.push(whole.endsWith('[') ? `${full.replace(/\.$/, '')}.*` : full)
    }
  }
  return named
}

describe('messages', () => {
  it('has no text that nothing shows', () => {
    const named = new Set(Object.values(sources).flatMap(namedIn))
    const isNamed = (path: string) => {
      const steps = path.split('.')
      return steps.some((_, index) => named.has(`${steps.slice(0, index).join('.')}.*`)) || named.has(path)
    }
    expect(pathsOf(english).filter(path => !isNamed(path))).toEqual([])
  })

  it('has no empty text', () => {
    const values = (texts: Texts): unknown[] =>
      Object.values(texts).flatMap(value =>
        typeof value === 'object' && value !== null ? values(value as Texts) : [value],
      )
    expect(
      values(english).filter(value => typeof value !== 'function' && String(value).trim() === ''),
    ).toEqual([])
  })

  it('are English where no wished language is there', () => {
    expect(messages).toBe(english)
    expect(chooseLanguage(['fr-CH', 'de'], ['en'])).toBe('en')
  })

  it('are those of the first wished language that is there, whatever its region', () => {
    expect(chooseLanguage(['fr-CH', 'DE-at', 'en'], ['en', 'de'])).toBe('de')
  })
})
