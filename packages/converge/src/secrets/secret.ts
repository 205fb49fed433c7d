import { inspect } from 'node:util'

/**
 * A text that isn't known before it is needed and is never printed: as text, JSON or in an error it is its name only.
 * Two secrets are equal when their names are.
 */
export class Secret {
  readonly identifier: string
  readonly #derive: () => string
  readonly #parts: readonly Secret[]

  /** `derive` throws a ConvergeError `secret-unavailable` when its key isn't there. */
  constructor(identifier: string, derive: () => string, parts: readonly Secret[] = []) {
    this.identifier = identifier
    this.#derive = derive
    this.#parts = parts
  }

  /** The text itself: only for what is sent to the target. */
  reveal(): string {
    return this.#derive()
  }

  /** What a program printed, with the secrets in it put back to their names. */
  redact(text: string): string {
    if (this.#parts.length > 0) return this.#parts.reduce((rest, part) => part.redact(rest), text)
    const revealed = this.reveal()
    return revealed === '' ? text : text.replaceAll(revealed, this.toString())
  }

  equals(other: Secret): boolean {
    return this.identifier === other.identifier
  }

  toString(): string {
    return `[secret ${this.identifier}]`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

export function isSecret(value: unknown): value is Secret {
  return value instanceof Secret
}

/** Text with secrets in it, itself a secret: secretText`SECRET_KEY=${key}\n`. */
export function secretText(strings: TemplateStringsArray, ...values: (string | number | Secret)[]): Secret {
  const woven = (text: (value: string | number | Secret) => string) =>
    strings.map((part, index) => part + (index < values.length ? text(values[index] ?? '') : '')).join('')
  const reveal = () => woven(value => (isSecret(value) ? value.reveal() : String(value)))
  return new Secret(woven(String), reveal, values.filter(isSecret))
}
