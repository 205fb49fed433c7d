import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Exchanges two names as fast as it can, as a process of its own, until it is disposed of: what the service user can do
 * in every folder that it owns. For a moment within each exchange `one` is absent.
 */
export async function swapForever(one: string, other: string): Promise<AsyncDisposable> {
  const script = `
    const { renameSync } = require('node:fs')
    const [one, other] = process.argv.slice(1)
    for (let round = 0; ; round++) {
      renameSync(one, one + '.aside')
      renameSync(other, one)
      renameSync(one + '.aside', other)
      if (round === 0) process.stdout.write('swapping')
    }`
  const child = spawn(process.execPath, ['-e', script, one, other], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), exited])
  if (child.exitCode !== null) throw new Error('the names can not be exchanged')
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
