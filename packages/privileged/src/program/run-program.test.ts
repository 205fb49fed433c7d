import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** Runs a program whose main function is the given text. */
const run = (main: string) => {
  const program = `
    import { runProgram, UsageError } from ${JSON.stringify(join(import.meta.dirname, 'run-program.ts'))}
    import { HelperError } from ${JSON.stringify(join(import.meta.dirname, '../helper-error.ts'))}
    await runProgram(${main})`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: {},
  })
  return { status, stdout, stderr }
}

it('a program that did what it was asked exits with 0 and says nothing', () => {
  expect(run('() => {}')).toEqual({ status: 0, stdout: '', stderr: '' })
})

it('a refusal is one line with its remedy, and exit code 1', () => {
  expect(run(`() => { throw new HelperError('busy', 'It runs.', { remedy: 'Stop it.' }) }`)).toEqual({
    status: 1,
    stdout: '',
    stderr: 'It runs. Stop it.\n',
  })
})

it('what somebody else put into a message can neither add lines nor drive a terminal', () => {
  const { stderr } = run(`async () => { throw new Error('a\\nroot: done\\u001b[2J\\u009b1m') }`)
  expect(stderr).toBe('a root: done [2J 1m\n')
})

it('wrong usage exits with 2', () => {
  expect(run(`() => { throw new UsageError('usage: x') }`)).toEqual({
    status: 2,
    stdout: '',
    stderr: 'usage: x\n',
  })
})

it('files are made with the mode that is asked for, whatever the caller hides', () => {
  expect(run(`() => { console.log(process.umask().toString(8)) }`)).toMatchObject({ stdout: '22\n' })
})
