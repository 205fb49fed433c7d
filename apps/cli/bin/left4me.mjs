#!/usr/bin/env node
/** Runs the command line on Node 24. `npx left4me` has it on PATH already; a bare older Node hands over to it here. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runProgram } from './run-program.mjs'

const main = new URL('../src/main.ts', import.meta.url)
const pinnedNode = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))

if (Number.parseInt(process.versions.node, 10) >= 24) {
  await import(main.href)
} else if (existsSync(pinnedNode)) {
  process.exitCode = await runProgram(pinnedNode, [fileURLToPath(main), ...process.argv.slice(2)])
} else {
  process.stderr.write('left4me: Node 24 is not installed: run npm ci --ignore-scripts in the checkout\n')
  process.exitCode = 1
}
