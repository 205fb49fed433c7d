import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Exchanges two names as fast as it can, as a process of its own, until it is disposed of: what can be done by whoever owns
 * their folder. Relative names are within `folder`, which it keeps open under whatever name that has by then. For a moment
 * within each exchange `one` is absent. The first exchange has been made when this resolves, and whatever becomes of the
 * names later it goes on.
 */
export async function swapForever(one: string, other: string, folder = '/'): Promise<AsyncDisposable> {
  const program = `
    const { renameSync, writeSync } = require('node:fs')
    const [one, other] = process.argv.slice(1)
    let rounds = 0
    const move = (from, to) => {
      try {
        renameSync(from, to)
      } catch (error) {
        if (rounds === 0) throw error
      }
    }
    for (; ; rounds++) {
      move(one, one + '.aside')
      move(other, one)
      move(one + '.aside', other)
      if (rounds === 0) writeSync(1, 'swapping')
    }`
  const child = spawn(process.execPath, ['-e', program, one, other], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
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
