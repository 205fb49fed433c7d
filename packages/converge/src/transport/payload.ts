import { type FileHandle, open } from 'node:fs/promises'
import type { Writable } from 'node:stream'

/** Bytes, or the path of a file here that holds them, which is never in memory as a whole. */
export type Payload = Uint8Array | string

/** Writes a payload behind a heading that tells its size in bytes, and leaves the stream open. */
export async function sendPayload(
  payload: Payload,
  stream: Writable,
  heading: (size: number) => string,
): Promise<void> {
  if (typeof payload !== 'string') {
    stream.write(heading(payload.length))
    stream.write(payload)
    return
  }
  await using file = await open(payload)
  const { size } = await file.stat()
  stream.write(heading(size))
  const sent = await copy({ file, stream, size })
  if (sent < size) throw new Error(`${payload} was cut short while it was sent`)
}

/** One buffer for all of it: a stream of the file leaves a new one behind with each step, and the memory grows. */
async function copy({ file, stream, size }: { file: FileHandle; stream: Writable; size: number }) {
  const buffer = Buffer.allocUnsafe(64 * 1024)
  let sent = 0
  while (sent < size) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - sent))
    if (bytesRead === 0) break
    await written(stream, buffer.subarray(0, bytesRead))
    sent += bytesRead
  }
  return sent
}

function written(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, error => (error ? reject(error) : resolve()))
  })
}
