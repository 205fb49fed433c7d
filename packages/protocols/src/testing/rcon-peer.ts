import type { Socket } from 'node:net'
import { TcpPeer } from './tcp-peer.ts'

/** Writes a frame byte by byte, so that it shares nothing with the code under test. */
export function frame(id: number, type: number, body: Uint8Array | string = ''): Buffer {
  const payload = Buffer.from(body)
  const bytes = Buffer.alloc(14 + payload.length)
  bytes.writeInt32LE(10 + payload.length, 0)
  bytes.writeInt32LE(id, 4)
  bytes.writeInt32LE(type, 8)
  payload.copy(bytes, 12)
  return bytes
}

export interface ReceivedFrame {
  readonly id: number
  readonly type: number
  readonly body: string
}

/** Calls `listener` with each whole frame of a client. */
export function readFrames(socket: Socket, listener: (received: ReceivedFrame) => void): void {
  let buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk])
    while (buffer.length >= 4 && buffer.length >= 4 + buffer.readInt32LE(0)) {
      const size = buffer.readInt32LE(0)
      const received = {
        id: buffer.readInt32LE(4),
        type: buffer.readInt32LE(8),
        body: buffer.subarray(12, 2 + size).toString('utf8'),
      }
      buffer = buffer.subarray(4 + size)
      listener(received)
    }
  })
}

/** What a Source server sends after the mirrored probe. */
export function afterMirror(id: number): Buffer {
  return frame(id, 0, Uint8Array.of(0, 1, 0, 0))
}

/** A server that accepts `secret` and hands everything after that to the script. */
export function startRconPeer(
  script: (received: ReceivedFrame, socket: Socket) => void,
  password = 'secret',
): Promise<TcpPeer> {
  return TcpPeer.start(socket => {
    let authenticated = false
    readFrames(socket, received => {
      if (authenticated) {
        script(received, socket)
        return
      }
      authenticated = received.type === 3 && received.body === password
      socket.write(Buffer.concat([frame(received.id, 0), frame(authenticated ? received.id : -1, 2)]))
    })
  })
}
