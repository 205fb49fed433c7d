import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { describePortHolder, findPortHolder } from './port-holder.ts'
import { PortProbe } from './port-probe.ts'

const open: (Server | Socket)[] = []
afterEach(async () => {
  for (const socket of open.splice(0)) await new Promise<void>(resolve => socket.close(() => resolve()))
})

async function holdTcp(host: string): Promise<number> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  open.push(server)
  return (server.address() as AddressInfo).port
}

async function holdUdp(host: string): Promise<number> {
  const socket = createSocket('udp4')
  socket.bind(0, host)
  await once(socket, 'listening')
  open.push(socket)
  return socket.address().port
}

async function release(): Promise<void> {
  for (const socket of open.splice(0)) await new Promise<void>(resolve => socket.close(() => resolve()))
}

describe('a port is free only when nothing holds it', () => {
  test.each([
    ['TCP on every address', () => holdTcp('0.0.0.0')],
    ['TCP on loopback only', () => holdTcp('127.0.0.1')],
    ['UDP on every address', () => holdUdp('0.0.0.0')],
    ['UDP on loopback only', () => holdUdp('127.0.0.1')],
  ])('%s', async (_, hold) => {
    const probe = new PortProbe()
    const port = await hold()
    expect(await probe.isFree(port)).toBe(false)
    expect(await findPortHolder(port)).toMatchObject({ pid: process.pid })
    expect(await describePortHolder(port)).toContain(`(pid ${process.pid})`)
    await release()
    expect(await probe.isFree(port)).toBe(true)
    expect(await findPortHolder(port)).toBeNull()
  })
})

test('many probes of one port at the same time do not find each other', async () => {
  const port = await holdUdp('127.0.0.1')
  await release()
  const probe = new PortProbe()
  const answers = await Promise.all(Array.from({ length: 20 }, () => probe.isFree(port)))
  expect(new Set(answers)).toEqual(new Set([true]))
})
