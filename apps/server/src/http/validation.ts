import type { ProblemField } from '@left4me/contract'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { TSchema } from 'typebox'
import { ProblemError } from './problem-error.ts'

/**
 * Checks one part of a request and fills in defaults. Throws one ProblemError that names every fault. Numbers in paths
 * and queries are coerced by `numbersOf` before; nothing else ever is.
 */
export type Check = (value: unknown) => void

/** Faults that are named; a body of a thousand wrong lines needs no thousand sentences. */
const namedFaults = 20

const ajv = new Ajv({
  allErrors: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: true,
  strict: true,
  // `uniqueItems` beside `maxItems` and friends are all typed; unions of string and null aren't.
  allowUnionTypes: true,
  verbose: true,
  formats: { 'date-time': true },
})

export function checkOf(schema: TSchema): Check {
  const validate: ValidateFunction = ajv.compile(schema)
  return value => {
    if (!validate(value)) throw invalidInput(fieldsOf(validate.errors ?? []))
  }
}

function invalidInput(fields: readonly ProblemField[]): ProblemError {
  const named = fields.slice(0, namedFaults)
  const detail = named.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' ')
  const more = fields.length - named.length
  return new ProblemError('invalid-input', more > 0 ? `${detail} And ${more} more.` : detail, {
    errors: named,
  })
}

/** Digits in a path or a query become numbers where the schema wants a number; whatever else stays, and is refused. */
export function numbersOf(schema: TSchema): (values: Record<string, unknown>) => void {
  const properties = 'properties' in schema && isRecord(schema.properties) ? schema.properties : {}
  const numeric = Object.entries(properties)
    .filter(([, property]) => isRecord(property) && ['integer', 'number'].includes(String(property['type'])))
    .map(([name]) => name)
  return values => {
    for (const name of numeric) {
      const text = values[name]
      if (typeof text === 'string' && /^-?\d{1,16}$/.test(text)) values[name] = Number(text)
    }
  }
}

function fieldsOf(errors: readonly ErrorObject[]): ProblemField[] {
  const fields = new Map<string, ProblemField>()
  for (const error of errors) {
    // A union says which of its members failed and then that all did; the first is what helps.
    if (error.keyword === 'anyOf') continue
    const path = pathOf(error)
    const known = fields.get(path)
    if (!known) fields.set(path, { path, message: messageOf(error) })
  }
  return [...fields.values()]
}

function pathOf(error: ErrorObject): string {
  const member = error.params['missingProperty'] ?? error.params['additionalProperty']
  if (typeof member !== 'string') return error.instancePath
  // RFC 6901; a client's own name of a member may hold anything and be of any length.
  return `${error.instancePath}/${printable(member).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

const typeNames: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

function messageOf(error: ErrorObject): string {
  const { keyword, params, parentSchema } = error
  const limit: unknown = params['limit']
  switch (keyword) {
    case 'required':
      return 'Is missing.'
    case 'additionalProperties': {
      const known = Object.keys(isRecord(parentSchema?.['properties']) ? parentSchema['properties'] : {})
      return known.length === 0
        ? 'Is not known; none is taken here.'
        : `Is not known. Known are ${known.join(', ')}.`
    }
    case 'type':
      return `Must be ${String(params['type'])
        .split(',')
        .map(name => typeNames[name] ?? name)
        .join(' or ')}.`
    case 'enum': {
      const allowed: unknown = params['allowedValues']
      return `Must be one of ${Array.isArray(allowed) ? allowed.join(', ') : ''}.`
    }
    case 'minimum':
      return `Must be at least ${limit}.`
    case 'maximum':
      return `Must be at most ${limit}.`
    case 'minLength':
      return limit === 1 ? 'Must not be empty.' : `Must have at least ${limit} characters.`
    case 'maxLength':
      return `Must have at most ${limit} characters.`
    case 'minItems':
      return `Must have at least ${limit} entries.`
    case 'maxItems':
      return `Must have at most ${limit} entries.`
    case 'uniqueItems':
      return 'Must not name the same one twice.'
    case 'pattern':
      return typeof parentSchema?.['description'] === 'string'
        ? `Must be of this form: ${parentSchema['description']}.`
        : 'Must be one line without control characters, and without blanks at its ends.'
    default:
      return 'Has a form that is not taken here.'
  }
}

function printable(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '�')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
