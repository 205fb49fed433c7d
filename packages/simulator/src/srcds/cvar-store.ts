import { type CvarDefinition, cvarDefinitions } from './cvar-defaults.ts'

export interface Cvar extends CvarDefinition {
  value: string
}

/** The console variables of one server. Names are case-insensitive, as the engine's are. */
export class CvarStore {
  readonly #cvars = new Map<string, Cvar>()
  readonly #sorted: readonly Cvar[]
  readonly #listeners: ((cvar: Cvar) => void)[] = []

  constructor() {
    for (const definition of cvarDefinitions) {
      this.#cvars.set(definition.name.toLowerCase(), { ...definition, value: definition.initial })
    }
    this.#sorted = [...this.#cvars.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cvar]) => cvar)
  }

  find(name: string): Cvar | undefined {
    return this.#cvars.get(name.toLowerCase())
  }

  text(name: string): string {
    return this.find(name)?.value ?? ''
  }

  /** What the engine makes of a value that isn't a number: 0. */
  number(name: string): number {
    const number = Number.parseFloat(this.text(name))
    return Number.isFinite(number) ? number : 0
  }

  enabled(name: string): boolean {
    return this.number(name) !== 0
  }

  /** Tells every listener, also when the value is the one that it had. */
  set(cvar: Cvar, value: string): void {
    cvar.value = value
    for (const listener of this.#listeners) listener(cvar)
  }

  onWrite(listener: (cvar: Cvar) => void): void {
    this.#listeners.push(listener)
  }

  /** By name, as `cvarlist` shows them. */
  all(): readonly Cvar[] {
    return this.#sorted
  }

  /** What A2S_RULES lists: everything that is announced to players; passwords only as set or not. */
  rules(): { name: string; value: string }[] {
    return this.all()
      .filter(cvar => cvar.flags.includes('notify'))
      .map(({ name, value }) => ({
        name,
        value: name.endsWith('password') ? (value === '' || value === '0' ? '0' : '1') : value,
      }))
  }
}

/** What the console answers to a cvar's bare name. */
export function describeCvar(cvar: Cvar): string {
  const initial = cvar.value === cvar.initial ? '' : ` ( def. "${cvar.initial}" )`
  const flags = cvar.flags.length === 0 ? '' : ` ${cvar.flags.join(' ')}\n`
  const help = cvar.help === '' ? '' : ` - ${cvar.help}\n`
  return `"${cvar.name}" = "${cvar.value}"${initial}\n${flags}${help}`
}
