import { expect, test } from 'vitest'
import { readProcess } from '../../e2e/support/process-table.ts'
import { measure, startMeasured } from './measured-program.ts'

const module = new URL('./testing/echo-program.ts', import.meta.url)
const settings = { signal: new AbortController().signal, profileFolder: null }

test('asks a process of its own and ends it', async () => {
  const program = await startMeasured<{ pid: number; said: string }>(module, { say: 'hello' }, settings)
  expect(program.answer).toEqual({ pid: program.pid, said: 'hello' })
  expect(program.pid).not.toBe(process.pid)
  await program[Symbol.asyncDispose]()
  expect(readProcess(program.pid)).toBeNull()
})

test('rejects with what went wrong there', async () => {
  await expect(measure(module, { say: 'throw' }, settings)).rejects.toThrow(/thrown there/)
  await expect(measure(module, { say: 'exit' }, settings)).rejects.toThrow(
    /without an answer \(exit code 3\)/,
  )
})

test('is killed by an interruption', async () => {
  const interruption = new AbortController()
  const running = measure(module, { say: 'nothing' }, { ...settings, signal: interruption.signal })
  interruption.abort(new Error('interrupted'))
  await expect(running).rejects.toThrow('interrupted')
})
