import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** @type {NodeJS.Signals[]} */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program to its end with this process's standard streams; signals that reach this process are passed on.
 * A terminal sends Ctrl-C to both, so the program may get SIGINT twice.
 * @param {string} file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} exit code; 128 + N after signal N, as a shell says it
 */
export function runProgram(file, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: 'inherit' })
    /** @param {NodeJS.Signals} signal */
    const forward = signal => child.kill(signal)
    for (const signal of forwarded) process.on(signal, forward)
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
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} exit code
 */
export async function becomeProgram(file, args, env) {
  if (typeof process.execve === 'function') {
    // Node's types know string values only; NodeJS.ProcessEnv never holds anything else in practice.
    const strings = Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    )
    process.execve(file, [file, ...args], strings)
  }
  return await runProgram(file, args, env)
}
