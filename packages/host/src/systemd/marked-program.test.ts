import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { markedLauncher } from './marked-program.ts'

const environment = { PATH: '/usr/bin:/bin' }

function run(script: string) {
  let output = ''
  const program = markedLauncher.launch({
    command: ['/bin/sh', '-c', script],
    environment,
    folder: tmpdir(),
    onOutput: chunk => {
      output += chunk.toString('utf8')
    },
  })
  return { ...program, said: () => output }
}

it('tells the exit status and what was said', async () => {
  const program = run('echo out; echo err >&2; exit 7')
  expect(await program.exited).toBe(7)
  expect(program.said().split('\n').toSorted()).toEqual(['', 'err', 'out'])
})

it('kills what fled into a session of its own and lost its parent, and nothing else', async () => {
  const other = run('echo $$; exec sleep 1000')
  // The outer subshell ends at once, so that the sleeper is an orphan.
  const program = run(
    '(setsid sh -c \'trap "" HUP TERM; echo $$; exec sleep 1000\' &) ; echo $$; exec sleep 1000',
  )
  const pids = await eventually('both are there', () => {
    const found = program.said().split('\n').filter(Boolean).map(Number)
    return found.length === 2 ? found : null
  })
  const bystander = await eventually('the other one is there', () => Number(other.said()) || null)
  program.kill()
  expect(await program.exited).toBe(137)
  for (const pid of pids) await eventually('it is gone', () => !isAlive(pid))
  expect(isAlive(bystander)).toBe(true)
  other.kill()
  await other.exited
})

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'))
  } catch {
    return false
  }
}
