import { ConvergeError, Secret } from '@left4me/converge'

/** What a text must be like. */
export interface TextRule {
  /** A regular expression, or what answers like one. */
  readonly pattern: Pick<RegExp, 'test'>
  /** What to write instead of one that isn't: `an absolute path such as /etc/myservice`. */
  readonly wanted: string
  /** Characters; 250 when left out. */
  readonly longest?: number
}

/**
 * A map of metadata that nobody has checked yet, by its path (`nginx/vhosts`). Each getter gives what its name says or
 * throws `badMetadata`. What else a bundle wants of a value is a function of the section and the key that does the same.
 */
export class MetadataSection {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: string

  /** The map at `path` in a node's whole metadata; one that isn't there is empty. */
  static of(metadata: Readonly<Record<string, unknown>>, path: string): MetadataSection {
    return new MetadataSection(metadata[path] ?? {}, path)
  }

  private constructor(values: unknown, path: string) {
    this.#path = path
    if (!isMap(values)) throw badMetadata(path, `is ${shown(values)}`, 'Write a map')
    this.#values = values
  }

  get keys(): string[] {
    return Object.keys(this.#values).sort()
  }

  /** The keys where each is a name of somebody's choice. */
  names(rule: TextRule): string[] {
    for (const key of this.keys)
      if (!matches(key, rule)) throw this.refusal(key, 'is no usable name', `Write ${rule.wanted}`)
    return this.keys
  }

  /** Whether there is a value, and it isn't null. */
  has(key: string): boolean {
    return (this.#values[key] ?? null) !== null
  }

  /** As it was written. */
  value(key: string): unknown {
    return this.#values[key]
  }

  /** Refuses keys that nothing reads: a misspelt one would be passed over in silence. */
  refuseOthers(known: readonly string[]): void {
    for (const key of this.keys)
      if (!known.includes(key))
        throw this.refusal(key, 'is read by nothing', `Known are ${[...known].sort().join(', ')}`)
  }

  /** Refuses that a fact isn't there. */
  refuseUnprobed(key: string): void {
    if (this.#values[key] === undefined)
      throw this.refusal(key, 'is unknown until the node was probed', 'Record its facts or set it')
  }

  text(key: string, rule: TextRule): string {
    const value = this.#values[key]
    if (!matches(value, rule)) throw this.wrongValue(key, rule.wanted)
    return value
  }

  textOrNull(key: string, rule: TextRule): string | null {
    return this.has(key) ? this.text(key, rule) : null
  }

  /** A text that is written down is checked, and from then on as secret as a derived one, which nobody can look at. */
  secret(key: string, rule: TextRule): Secret {
    const value = this.#values[key]
    if (value instanceof Secret) return value
    if (!this.has(key)) throw this.wrongValue(key, rule.wanted)
    if (!matches(value, rule)) throw this.refusal(key, 'can’t be used', `Write ${rule.wanted}`)
    return new Secret(`${this.#path}/${key}`, () => value)
  }

  secretOrNull(key: string, rule: TextRule): Secret | null {
    return this.has(key) ? this.secret(key, rule) : null
  }

  flag(key: string): boolean {
    const value = this.#values[key]
    if (typeof value !== 'boolean') throw this.wrongValue(key, 'true or false')
    return value
  }

  whole(key: string, { least, most }: { least: number; most: number }): number {
    const value = this.#values[key]
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw this.wrongValue(key, `a whole number from ${least} to ${most}`)
    return value
  }

  /** A set (or list) of texts, each once, sorted; one that isn't there is empty. */
  texts(key: string, rule: TextRule): string[] {
    const value = this.#values[key] ?? []
    if (!(value instanceof Set || Array.isArray(value)))
      throw this.wrongValue(key, `a set of texts, each ${rule.wanted}`)
    return [...new Set(this.#elements(key, [...value], rule))].sort()
  }

  /** A set of texts, sorted, and nothing in its place. */
  set(key: string, rule: TextRule): ReadonlySet<string> {
    if (!(this.#values[key] instanceof Set)) throw this.wrongValue(key, `a set of texts, each ${rule.wanted}`)
    return new Set(this.texts(key, rule))
  }

  /** A list of texts in its order, at least one. */
  words(key: string, rule: TextRule): string[] {
    const value = this.#values[key]
    if (!Array.isArray(value) || value.length === 0)
      throw this.wrongValue(key, `a list of texts, each ${rule.wanted}`)
    return this.#elements(key, value, rule)
  }

  /** The map below a key; one that isn't there is empty. */
  section(key: string): MetadataSection {
    return new MetadataSection(this.#values[key] ?? {}, `${this.#path}/${key}`)
  }

  /** The maps below all keys, whose names are checked by the rule, if any. */
  sections(rule?: TextRule): [string, MetadataSection][] {
    const names = rule === undefined ? this.keys : this.names(rule)
    return names.map(key => [key, new MetadataSection(this.#values[key], `${this.#path}/${key}`)])
  }

  /** An error about one key: what is wrong with it, and what to do. */
  refusal(key: string, fault: string, remedy: string): ConvergeError {
    return badMetadata(`${this.#path}/${key}`, fault, remedy)
  }

  /** An error about the value of one key, which it shows. */
  wrongValue(key: string, wanted: string): ConvergeError {
    const value = this.#values[key]
    return this.refusal(key, value === undefined ? 'is missing' : `is ${shown(value)}`, `Write ${wanted}`)
  }

  #elements(key: string, values: readonly unknown[], rule: TextRule): string[] {
    return values.map(each => {
      if (!matches(each, rule)) throw this.refusal(key, `has ${shown(each)}`, `Write ${rule.wanted}`)
      return each
    })
  }
}

/** A ConvergeError `bad-definition`: one sentence that names the key and what was found there, and one of what to do. */
export function badMetadata(path: string, fault: string, remedy: string): ConvergeError {
  return new ConvergeError('bad-definition', `${path} ${fault}. ${remedy}.`)
}

function matches(value: unknown, { pattern, longest = 250 }: TextRule): value is string {
  return typeof value === 'string' && value.length <= longest && pattern.test(value)
}

/** A value on one line, and no longer than one; a secret by its name, and an address without who logs in there. */
function shown(value: unknown): string {
  const text = value instanceof Set ? `a set of ${value.size}` : (JSON.stringify(value) ?? typeof value)
  const open = text.replace(/:\/\/.*@/g, '://…@')
  return open.length > 80 ? `${open.slice(0, 80)}…` : open
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value))
  )
}
