import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { runProgram } from '../bin/run-program.mjs'

const sh = (script: string) => runProgram('/bin/sh', ['-c', script])

it('gives the exit code of the program', async () => {
  expect(await sh('exit 0')).toBe(0)
  expect(await sh('exit 7')).toBe(7)
})

it('says a signal that ended the program as a shell does', async () => {
  expect(await sh('kill -TERM $$')).toBe(143)
})

it('rejects when there is no such program', async () => {
  await expect(runProgram('/no/such/program', [])).rejects.toThrow(/ENOENT/)
})

const module = new URL('../bin/run-program.mjs', import.meta.url).href

/** Starts a Node that does `call`, waits for the line `ready`, and sends it SIGTERM. */
async function terminated(call: string) {
  const node = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { runProgram, becomeProgram } from ${JSON.stringify(module)}; ${call}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let output = ''
  for await (const chunk of node.stdout.setEncoding('utf8')) {
    const before = output.includes('ready')
    output += chunk
    if (!before && output.includes('ready')) node.kill('SIGTERM')
  }
  if (node.exitCode === null && node.signalCode === null) await once(node, 'exit')
  return { output: output.trim().split('\n'), exitCode: node.exitCode, pid: node.pid }
}

const script = JSON.stringify("trap 'echo stopped; exit 5' TERM; echo $$ ready; while :; do sleep 0.05; done")

it('passes SIGTERM on to the program and waits until it has stopped', async () => {
  const run = await terminated(`process.exitCode = await runProgram('/bin/sh', ['-c', ${script}])`)
  expect(run.exitCode).toBe(5)
  expect(run.output.at(-1)).toBe('stopped')
  expect(run.output[0]).not.toBe(`${run.pid} ready`)
})

it('becomes the program in the same process where Node can', async () => {
  const run = await terminated(`await becomeProgram('/bin/sh', ['-c', ${script}])`)
  expect(run).toMatchObject({ exitCode: 5, output: [`${run.pid} ready`, 'stopped'] })
})
