import type { Socket } from 'node:net'
import { setImmediate as afterReading, setTimeout as wait } from 'node:timers/promises'
import { encodeFrame, largestBody, rconTypes } from './rcon-frames.ts'
import type { SrcdsSwitches } from './switches.ts'

/** What a client's empty frame of type 0 is answered with, after its mirror. */
const afterMirror = Buffer.from([0, 1, 0, 0])
const empty = Buffer.alloc(0)

/** Writes a session's frames, as well or as badly as the switches say. */
export class RconWriter {
  readonly #socket: Socket
  readonly #switches: SrcdsSwitches

  constructor(socket: Socket, switches: SrcdsSwitches) {
    this.#socket = socket
    this.#switches = switches
  }

  async authResult(id: number, accepted: boolean): Promise<void> {
    const frames = [
      encodeFrame(id, rconTypes.response, empty),
      encodeFrame(accepted ? id : -1, rconTypes.authResponse, empty),
    ]
    if (this.#switches['rcon-no-empty-frame']) frames.shift()
    if (this.#switches['rcon-auth-segments'] === 'together') {
      await this.#write(Buffer.concat(frames))
      return
    }
    for (const frame of frames) {
      await this.#write(frame)
      await apart(20)
    }
  }

  refused(): Promise<void> {
    return this.#write(encodeFrame(-1, rconTypes.authResponse, empty))
  }

  async mirror(id: number): Promise<void> {
    if (this.#switches['rcon-no-mirror']) return
    const tail = encodeFrame(id, rconTypes.response, afterMirror)
    if (!this.#switches['rcon-late-tail']) {
      await this.#write(Buffer.concat([encodeFrame(id, rconTypes.response, empty), tail]))
      return
    }
    await this.#write(encodeFrame(id, rconTypes.response, empty))
    setTimeout(() => void this.#write(tail), 30).unref()
  }

  /** Cuts wherever a frame is full, also in the middle of a character. */
  async reply(id: number, body: Buffer): Promise<void> {
    const frames: Buffer[] = []
    let start = 0
    do {
      frames.push(encodeFrame(id, rconTypes.response, body.subarray(start, start + largestBody)))
      start += largestBody
    } while (start < body.length)
    const bytes = Buffer.concat(frames)
    if (this.#switches['rcon-size-lies']) bytes.writeInt32LE(0x7fffffff, 0)
    if (this.#switches['rcon-cut']) {
      await this.#write(bytes.subarray(0, Math.ceil(bytes.length / 2)))
      this.#socket.end()
      return
    }
    await this.#write(bytes)
  }

  async #write(bytes: Buffer): Promise<void> {
    if (!this.#socket.writable) return
    const segment = this.#switches['rcon-segment-bytes']
    if (segment <= 0) {
      this.#socket.write(bytes)
      return
    }
    for (let start = 0; start < bytes.length; start += segment) {
      if (!this.#socket.writable) return
      this.#socket.write(bytes.subarray(start, start + segment))
      await apart(1)
    }
  }
}

/** Long enough that the kernel can't join two segments; a reader in this process has read the first one, however late it is. */
async function apart(milliseconds: number): Promise<void> {
  await wait(milliseconds)
  await afterReading()
}
