import { expect, test } from 'vitest'
import { descendants, readProcess } from '../../e2e/support/process-table.ts'
import { waitFor } from '../../e2e/support/wait-for.ts'
import { Program } from './program.ts'

const shell = (script: string, patienceMs?: number) =>
  Program.start({
    file: '/bin/sh',
    arguments: ['-c', script],
    environment: { PATH: '/usr/bin:/bin' },
    folder: '/',
    ...(patienceMs === undefined ? {} : { patienceMs }),
  })

test('waits for what a program says, on either of its outputs', async () => {
  await using program = shell('echo one; echo two 42 >&2; sleep 60')
  expect((await program.printed(/two (\d+)/))[1]).toBe('42')
  expect((await program.printed(/one/))[0]).toBe('one')
})

test('gives up on a program that ended without saying it, with what it did say', async () => {
  await using program = shell('echo only this')
  await expect(program.printed(/something else/)).rejects.toThrow(/only this/)
})

test('stops a program that ignores SIGTERM, and what it started', async () => {
  await using program = shell("trap '' TERM; sleep 60 & echo ready; while :; do wait; sleep 1; done", 50)
  await program.printed(/ready/)
  const children = descendants(program.pid)
  expect(children.length).toBeGreaterThan(0)
  await program.stop()
  expect(program.ended).toBe(true)
  await waitFor('its children to be gone', () => children.every(({ pid }) => readProcess(pid) === null))
})

test('says of a program that there is not that it ended', async () => {
  const program = Program.start({ file: '/nowhere/at-all', arguments: [], environment: {}, folder: '/' })
  await expect(program.printed(/anything/)).rejects.toThrow(/ended before it said/)
  await program.stop()
})
