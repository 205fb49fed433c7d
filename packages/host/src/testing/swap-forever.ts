import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Exchanges two names as fast as it can, from within `folder`, which it keeps open under whatever name that has by then:
 * what a process can do that a script has left its overlay to. Whatever becomes of the names it goes on, until it is
 * disposed of.
 */
export async function swapForever(folder: string, one: string, other: string): Promise<AsyncDisposable> {
  const program = `
    const { renameSync, writeSync } = require('node:fs')
    const [one, other] = process.argv.slice(1)
    writeSync(1, 'swapping')
    const move = (from, to) => { try { renameSync(from, to) } catch {} }
    for (;;) {
      move(one, 'aside')
      move(other, one)
      move('aside', other)
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
