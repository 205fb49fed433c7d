import { describe, expect, it } from 'vitest'
import { sparklinePaths } from './sparkline.tsx'

/**
 * The tokens as they are written: Vitest gives an empty text for a style sheet, even as `?raw`. The types of Node are
 * not those of this workspace, whose code runs in browsers.
 */
const { process } = globalThis as unknown as {
  process: { getBuiltinModule(name: 'fs'): { readFileSync(path: URL, encoding: 'utf8'): string } }
}
const css = process.getBuiltinModule('fs').readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

const colours = new Map(
  [...css.matchAll(/--color-([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
)
const colour = (name: string, theme: 'light' | 'dark') => {
  const found = colours.get(name)
  if (!found) throw new Error(`no colour ${name}`)
  return found[theme]
}

const surfaces = ['canvas', 'surface', 'raised', 'sunken', 'hover']
const pairs: [text: string, surface: string, least: number][] = [
  ...['ink', 'muted', 'accent', 'good', 'attention', 'broken'].flatMap(text =>
    surfaces.map((surface): [string, string, number] => [text, surface, 4.5]),
  ),
  ...['accent', 'good', 'attention', 'broken'].flatMap((tone): [string, string, number][] => [
    [tone, `${tone}-soft`, 4.5],
    ['ink', `${tone}-soft`, 4.5],
  ]),
  ['on-accent', 'accent', 4.5],
  ...['canvas', 'surface', 'raised'].map((surface): [string, string, number] => ['edge', surface, 3]),
]

describe.each(['light', 'dark'] as const)('the %s theme', theme => {
  it.each(pairs)('shows %s on %s at %f : 1 or more', (text, surface, least) => {
    expect(contrast(colour(text, theme), colour(surface, theme))).toBeGreaterThanOrEqual(least)
  })
})

describe('pages', () => {
  const sources = import.meta.glob<string>(['../**/*.tsx', '!./*'], {
    query: '?raw',
    import: 'default',
    eager: true,
  })

  it('compose, and leave all styling to the kit', () => {
    expect(Object.keys(sources).length).toBeGreaterThan(20)
    const styled = Object.entries(sources).flatMap(([file, source]) =>
      /\b(?:className|style)=/.test(source) ? [file] : [],
    )
    expect(styled).toEqual([])
  })
})

describe('sparklinePaths', () => {
  it('draws no line where nothing is known', () => {
    expect(sparklinePaths([null, 0, 4, null, 2, 2], 4).map(path => path.line)).toEqual([
      'M1 1L2 0',
      'M4 0.5L5 0.5',
    ])
    expect(sparklinePaths([null, null], 4)).toEqual([])
  })

  it('shows a single known value', () => {
    expect(sparklinePaths([null, 4, null], 4).map(path => path.line)).toEqual(['M1 0L1.8 0'])
  })
})
