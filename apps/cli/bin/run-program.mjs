import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** @type {NodeJS.Signals[]} */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program to its end with this process's standard streams and environment; signals that reach this process are
 * passed on. A terminal sends Ctrl-C to both, so the program may get SIGINT twice.
 * @param {string} file
 * @param {string[]} args
 * @returns {Promise<number>} exit code; 128 + N after signal N, as a shell says it
 */
export function runProgram(file, args) {
  return new Promise((resolve, reject) => {
    /** @param {NodeJS.Signals} signal */
    const forward = signal => child.kill(signal)
    // Before the program runs: a signal in between would end this process and leave the program alone.
    for (const signal of forwarded) process.on(signal, forward)
    const child = spawn(file, args, { stdio: 'inherit' })
    const done = () => {
      for (const signal of forwarded) process.off(signal, forward)
    }
    child.once('error', error => {
      done()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      done()
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))
    })
  })
}

/**
 * Becomes another program: same process, so that a signal meant for this one reaches that one and no process is left
 * between. Where this Node can't (before 22.15) it runs as a child.
 * @param {string} file absolute path
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function becomeProgram(file, args) {
  if (typeof process.execve === 'function') process.execve(file, [file, ...args])
  return await runProgram(file, args)
}
