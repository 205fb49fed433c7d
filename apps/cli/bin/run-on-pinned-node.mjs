import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runProgram } from './run-program.mjs'

const pinnedNode = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))

/**
 * Runs a program's main.ts on Node 24. `npx` has it on PATH already; a bare older Node hands over to it here.
 * @param {string} name of the program, for its error
 * @param {URL} main
 */
export async function runOnPinnedNode(name, main) {
  if (Number.parseInt(process.versions.node, 10) >= 24) {
    await import(main.href)
  } else if (existsSync(pinnedNode)) {
    process.exitCode = await runProgram(pinnedNode, [fileURLToPath(main), ...process.argv.slice(2)])
  } else {
    process.stderr.write(`${name}: Node 24 is not installed: run npm ci --ignore-scripts in the checkout\n`)
    process.exitCode = 1
  }
}
