import { alignmentOf, type BasicCode, parseSignature, type Type } from './signature.ts'
import { arrayLimit, isObjectPath, type Value, Variant, variantDepthLimit } from './value.ts'

export interface Decoded {
  readonly values: readonly Value[]
  /** How many bytes they take. */
  readonly length: number
}

/**
 * Reads values of a signature's types from bytes whose first one stands at a multiple of eight in its message. What
 * follows them is left alone. Throws a RangeError when the bytes aren't such values.
 */
export function decode(signature: string, bytes: Buffer, littleEndian = true): Decoded {
  const reader = new Reader(bytes, littleEndian)
  const values = parseSignature(signature).map(type => reader.read(type))
  return { values, length: reader.position }
}

class Reader {
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #littleEndian: boolean
  position = 0
  #variants = 0

  constructor(bytes: Buffer, littleEndian: boolean) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#littleEndian = littleEndian
  }

  read(type: Type): Value {
    switch (type.kind) {
      case 'basic':
        return this.#basic(type.code)
      case 'variant':
        return this.#variant()
      case 'array':
        return this.#array(type.item)
      case 'dictionary': {
        const entries = new Map<Value, Value>()
        this.#items(8, () => {
          this.#align(8)
          const key = this.read(type.key)
          entries.set(key, this.read(type.value))
        })
        return entries
      }
      case 'struct':
        this.#align(8)
        return type.members.map(member => this.read(member))
    }
  }

  #variant(): Variant {
    if (++this.#variants > variantDepthLimit) throw new RangeError('variants nest too deeply')
    const signature = this.#signature()
    const [type, ...more] = parseSignature(signature)
    if (!type || more.length > 0) throw new RangeError('a variant holds one value')
    const value = this.read(type)
    this.#variants--
    return new Variant(signature, value)
  }

  #array(item: Type): Value {
    if (item.kind === 'basic' && item.code === 'y') {
      const length = this.#unsigned32()
      if (length > arrayLimit) throw new RangeError(`an array has more than ${arrayLimit} bytes`)
      const at = this.#take(length)
      return Uint8Array.from(this.#bytes.subarray(at, at + length))
    }
    const items: Value[] = []
    this.#items(alignmentOf(item), () => items.push(this.read(item)))
    return items
  }

  #items(alignment: number, readItem: () => void): void {
    const length = this.#unsigned32()
    if (length > arrayLimit) throw new RangeError(`an array has more than ${arrayLimit} bytes`)
    this.#align(alignment)
    const end = this.position + length
    if (end > this.#bytes.length) throw tooShort()
    // Every item takes at least a byte, so that this ends.
    while (this.position < end) readItem()
    if (this.position !== end) throw new RangeError('an array ends within an item')
  }

  #basic(code: BasicCode): Value {
    switch (code) {
      case 'y':
        return this.#view.getUint8(this.#take(1))
      case 'b': {
        const value = this.#unsigned32()
        if (value > 1) throw new RangeError(`${value} is not a boolean`)
        return value === 1
      }
      case 'n':
        this.#align(2)
        return this.#view.getInt16(this.#take(2), this.#littleEndian)
      case 'q':
        this.#align(2)
        return this.#view.getUint16(this.#take(2), this.#littleEndian)
      case 'i':
        this.#align(4)
        return this.#view.getInt32(this.#take(4), this.#littleEndian)
      case 'u':
      case 'h':
        return this.#unsigned32()
      case 'x':
        this.#align(8)
        return this.#view.getBigInt64(this.#take(8), this.#littleEndian)
      case 't':
        this.#align(8)
        return this.#view.getBigUint64(this.#take(8), this.#littleEndian)
      case 'd':
        this.#align(8)
        return this.#view.getFloat64(this.#take(8), this.#littleEndian)
      case 's':
        return this.#text(this.#unsigned32())
      case 'o': {
        const path = this.#text(this.#unsigned32())
        if (!isObjectPath(path)) throw new RangeError(`${path.slice(0, 50)} is not an object path`)
        return path
      }
      case 'g':
        return this.#signature()
    }
  }

  #signature(): string {
    return this.#text(this.#view.getUint8(this.#take(1)))
  }

  #text(length: number): string {
    const at = this.#take(length + 1)
    if (this.#bytes[at + length] !== 0) throw new RangeError('a text does not end with NUL')
    return this.#bytes.toString('utf8', at, at + length)
  }

  #unsigned32(): number {
    this.#align(4)
    return this.#view.getUint32(this.#take(4), this.#littleEndian)
  }

  #align(alignment: number): void {
    this.#take((alignment - (this.position % alignment)) % alignment)
  }

  #take(bytes: number): number {
    const at = this.position
    if (at + bytes > this.#bytes.length) throw tooShort()
    this.position = at + bytes
    return at
  }
}

function tooShort(): RangeError {
  return new RangeError('the bytes end before the values do')
}
