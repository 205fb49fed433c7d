import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { type Value, Variant } from './value.ts'

/** D-Bus specification, “Message Format”. */
const messageTypes = { call: 1, return: 2, error: 3, signal: 4 } as const
type MessageType = keyof typeof messageTypes

/** Bytes of a whole message that we accept. The specification's own limit is eight times as much. */
export const messageLimit = 16 * 1024 * 1024
const headerFieldsLimit = 64 * 1024
const fixedLength = 16

const fieldCodes = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  sender: 7,
  signature: 8,
} as const

export interface MessageHeader {
  readonly type: MessageType
  readonly serial: number
  readonly path?: string
  readonly interface?: string
  readonly member?: string
  readonly errorName?: string
  readonly replySerial?: number
  readonly destination?: string
  readonly sender?: string
  /** Of the body; none: no body. */
  readonly signature?: string
}

/** Marshals a message, little-endian. Throws as `encode` does. */
export function encodeMessage(header: MessageHeader, values: readonly Value[] = []): Buffer {
  const body = encode(header.signature ?? '', values)
  const fields: Value[] = []
  for (const [name, code] of Object.entries(fieldCodes)) {
    const value = header[name as keyof typeof fieldCodes]
    if (value !== undefined) fields.push([code, new Variant(fieldSignature(name), value)])
  }
  const head = encode('yyyyuua(yv)', [
    'l'.charCodeAt(0),
    messageTypes[header.type],
    0,
    1,
    body.length,
    header.serial,
    fields,
  ])
  const padding = Buffer.alloc((8 - (head.length % 8)) % 8)
  const message = Buffer.concat([head, padding, body])
  if (message.length > messageLimit) throw new RangeError(`a message has more than ${messageLimit} bytes`)
  return message
}

function fieldSignature(name: string): string {
  if (name === 'path') return 'o'
  if (name === 'signature') return 'g'
  return name === 'replySerial' ? 'u' : 's'
}

/** A message as it came. Its body is read when somebody asks for it: most signals are about somebody else's units. */
export class Message {
  readonly header: MessageHeader
  readonly #body: Buffer
  readonly #littleEndian: boolean

  constructor(header: MessageHeader, body: Buffer, littleEndian: boolean) {
    this.header = header
    this.#body = body
    this.#littleEndian = littleEndian
  }

  /** The values if they are of this signature. Throws a RangeError otherwise. */
  values(signature: string): readonly Value[] {
    const found = this.header.signature ?? ''
    if (found !== signature)
      throw new RangeError(`a message has the signature ${JSON.stringify(found)} instead of ${signature}`)
    const { values, length } = decode(signature, this.#body, this.#littleEndian)
    if (length !== this.#body.length) throw new RangeError('a message has more bytes than values')
    return values
  }
}

/** Cuts a byte stream into messages. Throws a RangeError when it isn't one of D-Bus: the connection is of no use then. */
export class MessageReader {
  #chunks: Buffer[] = []
  #length = 0
  /** Bytes that must be there before it is worth looking again. */
  #wanted = fixedLength

  push(chunk: Buffer): Message[] {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#length < this.#wanted) return []
    let bytes = Buffer.concat(this.#chunks)
    const messages: Message[] = []
    for (;;) {
      const length = messageLength(bytes)
      this.#wanted = length ?? fixedLength
      if (length === null || length > bytes.length) break
      messages.push(parseMessage(bytes.subarray(0, length)))
      bytes = bytes.subarray(length)
    }
    this.#chunks = [bytes]
    this.#length = bytes.length
    return messages
  }
}

/** null while too little has come to tell. */
function messageLength(bytes: Buffer): number | null {
  if (bytes.length < fixedLength) return null
  const littleEndian = isLittleEndian(bytes)
  const bodyLength = readUnsigned32(bytes, 4, littleEndian)
  const fieldsLength = readUnsigned32(bytes, 12, littleEndian)
  if (fieldsLength > headerFieldsLimit) throw new RangeError('a message has too long a header')
  const length = bodyStart(fieldsLength) + bodyLength
  if (length > messageLimit) throw new RangeError(`a message has more than ${messageLimit} bytes`)
  return length
}

function parseMessage(bytes: Buffer): Message {
  const littleEndian = isLittleEndian(bytes)
  const bodyAt = bodyStart(readUnsigned32(bytes, 12, littleEndian))
  const { values } = decode('yyyyuua(yv)', bytes.subarray(0, bodyAt), littleEndian)
  const [, typeCode, , version, , serial, fields] = values as readonly number[]
  if (version !== 1) throw new RangeError(`a message is of version ${version}`)
  const type = (Object.keys(messageTypes) as MessageType[]).find(name => messageTypes[name] === typeCode)
  if (!type) throw new RangeError(`a message is of type ${typeCode}`)
  const header: { -readonly [Key in keyof MessageHeader]: MessageHeader[Key] } = {
    type,
    serial: serial ?? 0,
  }
  for (const [code, variant] of fields as unknown as readonly [number, Variant][]) {
    const name = (Object.keys(fieldCodes) as (keyof typeof fieldCodes)[]).find(
      key => fieldCodes[key] === code,
    )
    // Fields that we don't know are to be ignored.
    if (!name) continue
    if (variant.signature !== fieldSignature(name))
      throw new RangeError(`a message's field ${name} is of type ${variant.signature}`)
    if (name === 'replySerial') header.replySerial = Number(variant.value)
    else header[name] = variant.value as string
  }
  return new Message(header, bytes.subarray(bodyAt), littleEndian)
}

function bodyStart(fieldsLength: number): number {
  return Math.ceil((fixedLength + fieldsLength) / 8) * 8
}

function isLittleEndian(bytes: Buffer): boolean {
  const mark = bytes[0]
  if (mark === 0x6c) return true
  if (mark === 0x42) return false
  throw new RangeError('what comes is not D-Bus')
}

function readUnsigned32(bytes: Buffer, at: number, littleEndian: boolean): number {
  return littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
}
