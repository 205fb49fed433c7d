import { createSocket } from 'node:dgram'

const info = Buffer.from('\xff\xff\xff\xffTSource Engine Query\0', 'latin1')
const challenge = 0x41
const infoReply = 0x49

/**
 * Asks for A2S_INFO again and again until the first whole answer, and resolves with when that came, on the clock of
 * performance.now(). Nothing of left4me's own protocol code is in it. Each `intervalMs` one datagram is sent: that is the
 * error of the time. https://developer.valvesoftware.com/wiki/Server_queries
 */
export async function firstInfoAnswer(
  port: number,
  { intervalMs, timeoutMs, signal }: { intervalMs: number; timeoutMs: number; signal: AbortSignal },
): Promise<number> {
  const socket = createSocket({ type: 'udp4', lookup: (host, _options, found) => found(null, host, 4) })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let request = info
  const ask = () => socket.send(request, port, '127.0.0.1')
  socket.on('message', datagram => {
    const kind = datagram.readInt32LE(0) === -1 ? datagram[4] : null
    if (kind === infoReply) resolve(performance.now())
    if (kind !== challenge) return
    request = Buffer.concat([info, datagram.subarray(5, 9)])
    ask()
  })
  socket.on('error', reject)
  const timer = setInterval(ask, intervalMs)
  const deadline = setTimeout(
    () => reject(new Error(`nothing answered on port ${port} within ${timeoutMs / 1000} s`)),
    timeoutMs,
  )
  const interrupt = () => reject(signal.reason)
  signal.addEventListener('abort', interrupt)
  ask()
  return await promise.finally(() => {
    clearInterval(timer)
    clearTimeout(deadline)
    signal.removeEventListener('abort', interrupt)
    socket.close()
  })
}
