#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// Started by any Node from 20: the one that the project pins runs the program, since older ones can't read TypeScript.
const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url))
const pinned = ['../../../node_modules/.bin/node', '../node_modules/.bin/node'].map(path).find(existsSync)
if (pinned === undefined) {
  process.stderr.write('left4me-simulator: the pinned Node is missing; run npm ci in the checkout\n')
  process.exit(1)
}
const commandLine = [
  '--disable-warning=ExperimentalWarning',
  path('../src/main.ts'),
  ...process.argv.slice(2),
]
if (process.execve !== undefined) {
  // Node 23.11 and later: this process becomes the program, so that whoever ends it ends the program.
  process.removeAllListeners('warning')
  process.execve(pinned, [pinned, ...commandLine], process.env)
}
const child = spawn(pinned, commandLine, { stdio: 'inherit' })
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal))
}
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
