import { rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { A2sClient } from '@left4me/protocols/client'

/**
 * `agent.ts SOCKET`: runs in a bed's network namespace and this machine's file system, and listens on a Unix socket. A
 * connection begins with one line: `connect PORT` makes it one to that TCP port of the bed, `query PORT` is answered with
 * what the game server there says of itself, in JSON, or `null`.
 */
const [path = ''] = process.argv.slice(2)
const queries = new A2sClient({ timeoutMs: 400 })
await queries.open()

rmSync(path, { force: true })
createServer(socket => {
  socket.on('error', () => socket.destroy())
  socket.once('data', (chunk: Buffer) => {
    socket.pause()
    const end = chunk.indexOf('\n')
    const [word, port] = chunk.toString('utf8', 0, end).split(' ')
    if (word === 'query') void answer(socket, Number(port))
    else relay(socket, chunk.subarray(end + 1), Number(port))
  })
}).listen(path, () => process.stdout.write('listening\n'))

function relay(socket: Socket, first: Buffer, port: number): void {
  const inside = connect(port, '127.0.0.1')
  inside.on('error', () => socket.destroy())
  inside.on('close', () => socket.destroy())
  socket.on('close', () => inside.destroy())
  inside.write(first)
  socket.pipe(inside).pipe(socket)
}

async function answer(socket: Socket, port: number): Promise<void> {
  const info = await queries.info({ host: '127.0.0.1', port }).catch(() => null)
  socket.end(JSON.stringify(info))
}
