import type { TestProject } from 'vitest/node'
import { installedState, startMachine } from './machine-states.ts'

/** Starts the run's virtual machine before its first test and takes it away after the last one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const begin = performance.now()
  const running = await startMachine(await installedState())
  project.provide('machine', running.address)
  process.stderr.write(
    `left4me: the virtual machine is up after ${Math.round(performance.now() - begin)} ms\n`,
  )
  return async () => {
    await running[Symbol.asyncDispose]()
  }
}
