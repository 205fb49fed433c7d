export type CvarType = 'boolean' | 'integer' | 'decimal' | 'text'

/** What is known for sure of a console variable; null where it isn't. */
export interface CvarDescription {
  readonly name: string
  readonly type: CvarType
  /** As the engine starts with it; null: not known, or it depends on the map or mode. */
  readonly default: string | null
  /** The engine, or the meaning, allows nothing beyond. */
  readonly minimum: number | null
  readonly maximum: number | null
  /** Only taken while `sv_cheats` is 1, or from SourceMod's `sm_cvar`. */
  readonly cheat: boolean
  /** `cvarlist` and completion of the console leave it out. */
  readonly hidden: boolean
  /** One sentence. */
  readonly description: string
}

const types: Readonly<Record<string, CvarType>> = {
  b: 'boolean',
  i: 'integer',
  d: 'decimal',
  t: 'text',
}

/**
 * Reads a table of cvars, one a line: `name|type|default|range|flags|description`, where the type is b, i, d or t, a
 * default of `?` is not known, the range is `0..4`, `1..` or empty, and the flags are of c (cheat) and h (hidden).
 * Throws a TypeError that names the line for anything else: the tables are a part of the program.
 */
export function readCvarTable(text: string): CvarDescription[] {
  return text
    .trim()
    .split('\n')
    .map(line => {
      const [name = '', letter = '', initial = '', range = '', flags = '', description, ...more] =
        line.split('|')
      const type = types[letter]
      const bounds = /^(?:(-?[\d.]+)\.\.(-?[\d.]+)?)?$/.exec(range)
      if (type === undefined || bounds === null || !description || more.length > 0 || !/^c?h?$/.test(flags)) {
        throw new TypeError(`Not a row of the table of cvars: ${line}`)
      }
      const [, minimum, maximum] = bounds
      return {
        name,
        type,
        default: initial === '?' ? null : initial,
        minimum: type === 'boolean' ? 0 : minimum === undefined ? null : Number(minimum),
        maximum: type === 'boolean' ? 1 : maximum === undefined ? null : Number(maximum),
        cheat: flags.includes('c'),
        hidden: flags.includes('h'),
        description,
      }
    })
}
