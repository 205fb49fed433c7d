import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { describePortHolder, findPortHolder } from './port-holder.ts'
import { PortProbe } from './port-probe.ts'

const open: (Server | Socket)[] = []
afterEach(async () => {
  for (const socket of open.splice(0)) await new Promise<void>(resolve => socket.close(() => resolve()))
})

/** Below those that the kernel gives to whoever asks for any (ip(7), ip_local_port_range): nobody takes it meanwhile. */
let lastPort = 14_000 + (process.pid % 500) * 10
const nextPort = (): number => ++lastPort

async function holdTcp(host: string, port: number): Promise<void> {
  const server = createServer()
  server.listen(port, host)
  await once(server, 'listening')
  open.push(server)
}

async function holdUdp(host: string, port: number): Promise<void> {
  const socket = createSocket('udp4')
  socket.bind(port, host)
  await once(socket, 'listening')
  open.push(socket)
}

async function release(): Promise<void> {
  for (const socket of open.splice(0)) await new Promise<void>(resolve => socket.close(() => resolve()))
}

describe('a port is free only when nothing holds it', () => {
  test.each<[string, (port: number) => Promise<void>]>([
    ['TCP on every address', port => holdTcp('0.0.0.0', port)],
    ['TCP on loopback only', port => holdTcp('127.0.0.1', port)],
    ['UDP on every address', port => holdUdp('0.0.0.0', port)],
    ['UDP on loopback only', port => holdUdp('127.0.0.1', port)],
  ])('%s', async (_, hold) => {
    const probe = new PortProbe()
    const port = nextPort()
    await hold(port)
    expect(await probe.isFree(port)).toBe(false)
    expect(await findPortHolder(port)).toMatchObject({ pid: process.pid })
    expect(await describePortHolder(port)).toContain(`(pid ${process.pid})`)
    await release()
    expect(await probe.isFree(port)).toBe(true)
    expect(await findPortHolder(port)).toBeNull()
  })
})

test('many probes of one port at the same time do not find each other', async () => {
  const port = nextPort()
  const probe = new PortProbe()
  const answers = await Promise.all(Array.from({ length: 20 }, () => probe.isFree(port)))
  expect(new Set(answers)).toEqual(new Set([true]))
})
