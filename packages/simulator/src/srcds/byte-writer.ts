/** Little-endian bytes, appended one after the other. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256)
  #length = 0

  u8(value: number): this {
    const at = this.#reserve(1)
    this.#bytes.writeUInt8(value & 0xff, at)
    return this
  }

  u16(value: number): this {
    const at = this.#reserve(2)
    this.#bytes.writeUInt16LE(value & 0xffff, at)
    return this
  }

  i32(value: number): this {
    const at = this.#reserve(4)
    this.#bytes.writeInt32LE(value | 0, at)
    return this
  }

  f32(value: number): this {
    const at = this.#reserve(4)
    this.#bytes.writeFloatLE(value, at)
    return this
  }

  u64(value: bigint): this {
    const at = this.#reserve(8)
    this.#bytes.writeBigUInt64LE(value, at)
    return this
  }

  /** UTF-8 with a closing NUL; a NUL inside ends the text, as it does in C. */
  text(value: string): this {
    const end = value.indexOf('\0')
    const shown = end === -1 ? value : value.slice(0, end)
    const at = this.#reserve(Buffer.byteLength(shown) + 1)
    this.#bytes.write(shown, at)
    return this.#zeroLast()
  }

  bytes(value: Uint8Array): this {
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
    return this
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #zeroLast(): this {
    this.#bytes.writeUInt8(0, this.#length - 1)
    return this
  }

  /** Makes room for `count` bytes and returns where they go. */
  #reserve(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    return at
  }
}
