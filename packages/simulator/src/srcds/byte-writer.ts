/** Little-endian bytes, appended one after the other. */
export class ByteWriter {
  readonly #parts: Buffer[] = []

  u8(value: number): this {
    return this.#append(Buffer.from([value & 0xff]))
  }

  u16(value: number): this {
    const bytes = Buffer.alloc(2)
    bytes.writeUInt16LE(value & 0xffff)
    return this.#append(bytes)
  }

  i32(value: number): this {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(value | 0)
    return this.#append(bytes)
  }

  f32(value: number): this {
    const bytes = Buffer.alloc(4)
    bytes.writeFloatLE(value)
    return this.#append(bytes)
  }

  u64(value: bigint): this {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(value)
    return this.#append(bytes)
  }

  /** UTF-8 with a closing NUL; a NUL inside ends the text, as it does in C. */
  text(value: string): this {
    const end = value.indexOf('\0')
    return this.#append(Buffer.from(`${end === -1 ? value : value.slice(0, end)}\0`))
  }

  bytes(value: Uint8Array): this {
    return this.#append(Buffer.from(value))
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #append(bytes: Buffer): this {
    this.#parts.push(bytes)
    return this
  }
}
