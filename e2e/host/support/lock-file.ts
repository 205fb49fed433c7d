import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Takes the exclusive lock of a file (flock(1)), waiting for whoever has it. The kernel gives it back when this process
 * ends, however it ends: the holder is a child that reads a pipe of ours.
 */
export async function lockFile(path: string): Promise<AsyncDisposable> {
  const holder = spawn('flock', [path, 'sh', '-c', 'echo locked; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(holder, 'exit')
  const locked = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)])
  if (!locked) throw new Error(`flock could not lock ${path}`)
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      await ended
    },
  }
}
