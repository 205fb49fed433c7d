import { connect, type Socket } from 'node:net'

/** A TCP client that writes the bytes it is given and keeps what comes back, segment by segment. */
export class RawRcon implements Disposable {
  readonly #socket: Socket
  /** As they arrived: what one read returned is one entry. */
  readonly segments: Buffer[] = []
  closed = false
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', segment => {
      this.segments.push(segment)
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
      this.#wake()
    })
  }

  static async open({ host, port }: { host: string; port: number }): Promise<RawRcon> {
    const socket = connect({ host, port })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new RawRcon(socket)
  }

  /** Opens a session with its password; the two frames that answer it are taken off. */
  static async openAuthenticated(server: { host: string; port: number }, password: string): Promise<RawRcon> {
    const client = await RawRcon.open(server)
    client.write(frame(1, 3, password))
    await client.until(() => client.bytes.length >= 28)
    client.forget()
    return client
  }

  get bytes(): Buffer {
    return Buffer.concat(this.segments)
  }

  forget(): void {
    this.segments.length = 0
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Waits for something about what came; gives up after a minute, quietly: the assertion follows. */
  async until(holds: () => boolean, waitMs = 60_000): Promise<void> {
    const deadline = performance.now() + waitMs
    while (!holds() && performance.now() < deadline) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, Math.max(1, deadline - performance.now()))
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** Runs a command and returns the frames of its answer; ends at the frame with the id of an empty probe. */
  async execute(command: string): Promise<ReceivedFrame[]> {
    this.forget()
    this.write(Buffer.concat([frame(2, 2, command), frame(3, 0, '')]))
    await this.until(() => this.closed || this.frames().some(({ id, body }) => id === 3 && body.length > 0))
    return this.frames().filter(({ id }) => id === 2)
  }

  frames(): ReceivedFrame[] {
    return readFrames(this.bytes)
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}

export interface ReceivedFrame {
  readonly size: number
  readonly id: number
  readonly type: number
  readonly body: Buffer
}

/** A frame, written down from the facts: size, id, type, body, two NULs. */
export function frame(id: number, type: number, body: string): Buffer {
  const text = Buffer.from(body)
  const head = Buffer.alloc(12)
  head.writeInt32LE(text.length + 10, 0)
  head.writeInt32LE(id, 4)
  head.writeInt32LE(type, 8)
  return Buffer.concat([head, text, Buffer.from([0, 0])])
}

function readFrames(bytes: Buffer): ReceivedFrame[] {
  const frames: ReceivedFrame[] = []
  let at = 0
  while (at + 4 <= bytes.length) {
    const size = bytes.readInt32LE(at)
    if (at + 4 + size > bytes.length) break
    frames.push({
      size,
      id: bytes.readInt32LE(at + 4),
      type: bytes.readInt32LE(at + 8),
      body: bytes.subarray(at + 12, at + 2 + size),
    })
    at += 4 + size
  }
  return frames
}
