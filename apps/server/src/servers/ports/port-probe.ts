import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/**
 * Whether nothing on this machine holds the port, neither for UDP (game and queries) nor for TCP (RCON), found out by
 * taking it for a moment on every address. One probe at a time: two of the same port would find each other.
 */
export class PortProbe {
  #last: Promise<unknown> = Promise.resolve()

  isFree(port: number): Promise<boolean> {
    const probe = this.#last.then(() => probePort(port))
    this.#last = probe
    return probe
  }
}

async function probePort(port: number): Promise<boolean> {
  return (await bindsUdp(port)) && (await bindsTcp(port))
}

function bindsUdp(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createSocket({ type: 'udp4', reuseAddr: false })
    socket.once('error', () => socket.close(() => resolve(false)))
    socket.bind({ address: '0.0.0.0', port, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}

function bindsTcp(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '0.0.0.0', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}
