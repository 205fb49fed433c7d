import { resolve } from 'node:path'
import { buildExecutable } from './src/executable/build-executable.ts'

/** `node packages/simulator/build-executable.ts FILE`: the simulator as one program that needs no Node beside it. */
const target = process.argv[2]
if (target === undefined) {
  process.stderr.write('usage: build-executable.ts FILE\n')
  process.exitCode = 2
} else {
  await buildExecutable(resolve(target))
}
