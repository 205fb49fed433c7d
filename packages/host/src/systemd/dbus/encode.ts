import { alignmentOf, type BasicCode, parseSignature, type Type } from './signature.ts'
import { arrayLimit, isObjectPath, type Value, Variant, variantDepthLimit } from './value.ts'

/**
 * Marshals values of a signature's types, little-endian, as they stand at a place of a message that is a multiple of
 * eight. Throws a RangeError or TypeError when a value isn't of its type.
 */
export function encode(signature: string, values: readonly Value[]): Buffer {
  const types = parseSignature(signature)
  if (types.length !== values.length)
    throw new TypeError(`${values.length} values for the signature ${JSON.stringify(signature)}`)
  const writer = new Writer()
  for (const [index, type] of types.entries()) writer.write(type, values[index])
  return writer.bytes()
}

class Writer {
  #buffer = Buffer.alloc(256)
  #length = 0
  #variants = 0

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  write(type: Type, value: Value | undefined): void {
    switch (type.kind) {
      case 'basic':
        this.#basic(type.code, value)
        break
      case 'variant':
        this.#variant(value)
        break
      case 'array':
        if (value instanceof Uint8Array && type.item.kind === 'basic' && type.item.code === 'y')
          this.#array(type.item, () => this.#raw(value))
        else
          this.#array(type.item, () => {
            for (const item of listOf(value)) this.write(type.item, item)
          })
        break
      case 'dictionary': {
        if (!(value instanceof Map)) throw notOf(value, 'a Map')
        const entry: Type = { kind: 'struct', members: [type.key, type.value] }
        this.#array(entry, () => {
          for (const pair of value as ReadonlyMap<Value, Value>) this.write(entry, pair)
        })
        break
      }
      case 'struct': {
        const members = listOf(value)
        if (members.length !== type.members.length) throw notOf(value, `${type.members.length} members`)
        this.#align(8)
        for (const [index, member] of type.members.entries()) this.write(member, members[index])
        break
      }
    }
  }

  #variant(value: Value | undefined): void {
    if (!(value instanceof Variant)) throw notOf(value, 'a variant')
    if (++this.#variants > variantDepthLimit) throw new RangeError('variants nest too deeply')
    const [type, ...more] = parseSignature(value.signature)
    if (!type || more.length > 0) throw notOf(value.signature, 'the signature of one value')
    this.#basic('g', value.signature)
    this.write(type, value.value)
    this.#variants--
  }

  /** The length doesn't count the padding before the first item. */
  #array(item: Type, content: () => void): void {
    const lengthAt = this.#place(4)
    this.#align(alignmentOf(item))
    const start = this.#length
    content()
    const length = this.#length - start
    if (length > arrayLimit) throw new RangeError(`an array has more than ${arrayLimit} bytes`)
    this.#buffer.writeUInt32LE(length, lengthAt)
  }

  #basic(code: BasicCode, value: Value | undefined): void {
    switch (code) {
      case 'y': {
        const number = integerOf(value, 0, 0xff)
        const at = this.#place(1)
        this.#buffer[at] = number
        break
      }
      case 'b':
        if (typeof value !== 'boolean') throw notOf(value, 'a boolean')
        this.#unsigned32(value ? 1 : 0)
        break
      case 'n': {
        const number = integerOf(value, -0x8000, 0x7fff)
        const at = this.#place(2)
        this.#buffer.writeInt16LE(number, at)
        break
      }
      case 'q': {
        const number = integerOf(value, 0, 0xffff)
        const at = this.#place(2)
        this.#buffer.writeUInt16LE(number, at)
        break
      }
      case 'i': {
        const number = integerOf(value, -0x8000_0000, 0x7fff_ffff)
        const at = this.#place(4)
        this.#buffer.writeInt32LE(number, at)
        break
      }
      case 'u':
      case 'h':
        this.#unsigned32(integerOf(value, 0, 0xffff_ffff))
        break
      case 'x': {
        const number = bigintOf(value, number => BigInt.asIntN(64, number))
        const at = this.#place(8)
        this.#buffer.writeBigInt64LE(number, at)
        break
      }
      case 't': {
        const number = bigintOf(value, number => BigInt.asUintN(64, number))
        const at = this.#place(8)
        this.#buffer.writeBigUInt64LE(number, at)
        break
      }
      case 'd': {
        if (typeof value !== 'number') throw notOf(value, 'a number')
        const at = this.#place(8)
        this.#buffer.writeDoubleLE(value, at)
        break
      }
      case 's':
        this.#text(textOf(value))
        break
      case 'o': {
        const path = textOf(value)
        if (!isObjectPath(path)) throw notOf(value, 'an object path')
        this.#text(path)
        break
      }
      case 'g': {
        const signature = textOf(value)
        parseSignature(signature)
        const at = this.#place(1)
        this.#buffer[at] = signature.length
        this.#raw(Buffer.from(`${signature}\0`, 'latin1'))
        break
      }
    }
  }

  #unsigned32(value: number): void {
    const at = this.#place(4)
    this.#buffer.writeUInt32LE(value, at)
  }

  #text(text: string): void {
    const bytes = Buffer.from(`${text}\0`, 'utf8')
    this.#unsigned32(bytes.length - 1)
    this.#raw(bytes)
  }

  #raw(bytes: Uint8Array): void {
    const at = this.#take(bytes.length)
    this.#buffer.set(bytes, at)
  }

  #align(alignment: number): void {
    this.#take((alignment - (this.#length % alignment)) % alignment)
  }

  /** Room for a number of so many bytes. To be asked for first: the buffer may be another one afterwards. */
  #place(size: number): number {
    this.#align(size)
    return this.#take(size)
  }

  /** Room for so many bytes, zero; gives where it begins. */
  #take(bytes: number): number {
    const at = this.#length
    this.#length += bytes
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(this.#length, 2 * this.#buffer.length))
      this.#buffer.copy(larger, 0, 0, at)
      this.#buffer = larger
    }
    return at
  }
}

function integerOf(value: Value | undefined, minimum: number, maximum: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum)
    throw notOf(value, `an integer from ${minimum} to ${maximum}`)
  return value
}

function bigintOf(value: Value | undefined, wrap: (number: bigint) => bigint): bigint {
  if (typeof value !== 'bigint' || value !== wrap(value)) throw notOf(value, 'a 64-bit bigint of its sign')
  return value
}

function textOf(value: Value | undefined): string {
  if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed())
    throw notOf(value, 'a text without NUL')
  return value
}

function listOf(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw notOf(value, 'an array')
  return value as readonly Value[]
}

function notOf(value: Value | undefined, expected: string): TypeError {
  return new TypeError(`a value of type ${typeof value} is not ${expected}`)
}
