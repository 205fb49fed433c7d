/**
 * D-Bus types, as a signature spells them: D-Bus specification, “Type System”
 * (https://dbus.freedesktop.org/doc/dbus-specification.html#type-system).
 */
export type Type = BasicType | VariantType | ArrayType | DictionaryType | StructType

const basicCodes = ['y', 'b', 'n', 'q', 'i', 'u', 'x', 't', 'd', 'h', 's', 'o', 'g'] as const
export type BasicCode = (typeof basicCodes)[number]

interface BasicType {
  readonly kind: 'basic'
  readonly code: BasicCode
}
interface VariantType {
  readonly kind: 'variant'
}
interface ArrayType {
  readonly kind: 'array'
  readonly item: Type
}
/** An array of dictionary entries: they occur nowhere else. */
interface DictionaryType {
  readonly kind: 'dictionary'
  readonly key: BasicType
  readonly value: Type
}
interface StructType {
  readonly kind: 'struct'
  readonly members: readonly Type[]
}

/** The specification's own limits: bytes of a signature, and how deep arrays and structs may nest, each. */
const signatureLimits = { length: 255, depth: 32 } as const

/** Splits a signature into its complete types. Throws a RangeError when it isn't one. */
export function parseSignature(signature: string): readonly Type[] {
  if (signature.length > signatureLimits.length)
    throw new RangeError(`a signature has more than ${signatureLimits.length} bytes`)
  const types: Type[] = []
  let position = 0
  while (position < signature.length) types.push(completeType(0, 0))
  return types

  function completeType(arrays: number, structs: number): Type {
    const code = signature[position++]
    if (code === 'v') return { kind: 'variant' }
    if (code === 'a') {
      if (arrays === signatureLimits.depth) throw wrong('nests arrays too deeply')
      return signature[position] === '{' ? dictionary(arrays + 1, structs) : array(arrays + 1, structs)
    }
    if (code === '(') return struct(arrays, structs + 1)
    return basic(code)
  }

  function array(arrays: number, structs: number): Type {
    return { kind: 'array', item: completeType(arrays, structs) }
  }

  function dictionary(arrays: number, structs: number): Type {
    if (structs === signatureLimits.depth) throw wrong('nests structs too deeply')
    position++
    const key = basic(signature[position++])
    const value = completeType(arrays, structs + 1)
    if (signature[position++] !== '}') throw wrong('has a dictionary entry that is not a pair')
    return { kind: 'dictionary', key, value }
  }

  function struct(arrays: number, structs: number): Type {
    if (structs > signatureLimits.depth) throw wrong('nests structs too deeply')
    const members: Type[] = []
    while (signature[position] !== ')') members.push(completeType(arrays, structs))
    position++
    if (members.length === 0) throw wrong('has an empty struct')
    return { kind: 'struct', members }
  }

  function basic(code: string | undefined): BasicType {
    if (code === undefined) throw wrong('ends too early')
    if (!isBasic(code)) throw wrong(`has ${JSON.stringify(code)} where a type belongs`)
    return { kind: 'basic', code }
  }

  function wrong(how: string): RangeError {
    return new RangeError(`the signature ${JSON.stringify(signature)} ${how}`)
  }
}

function isBasic(code: string): code is BasicCode {
  return (basicCodes as readonly string[]).includes(code)
}

/** Bytes that a value's start must be a multiple of, counted from the message's start. */
export function alignmentOf(type: Type): number {
  switch (type.kind) {
    case 'variant':
      return 1
    case 'array':
    case 'dictionary':
      return 4
    case 'struct':
      return 8
    case 'basic':
      return basicAlignments[type.code]
  }
}

const basicAlignments: Readonly<Record<BasicCode, number>> = {
  y: 1,
  g: 1,
  n: 2,
  q: 2,
  b: 4,
  i: 4,
  u: 4,
  h: 4,
  s: 4,
  o: 4,
  x: 8,
  t: 8,
  d: 8,
}
