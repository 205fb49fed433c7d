import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import {
  childrenOf,
  commandLine,
  descendantsOf,
  indexByParent,
  isAlive,
  parseStat,
  readProcess,
  readProcessTable,
} from './process-table.ts'

describe('a process', () => {
  it('is read also when its name imitates the rest of the line', () => {
    const rest = '7 8 9 0 -1 4194304 1 2 3 4 11 22 33 44 20 0 1 0 987654 1000 250 0'
    expect(parseStat(`42 (a) S 1 (b) R ${rest}\n`)).toEqual({
      pid: 42,
      parent: 7,
      start: '987654',
      state: 'R',
      cpuTicks: 110,
      residentPages: 250,
    })
  })

  it.each(['', '42', '42 (sh', '42 (sh) S 1', 'x (sh) S 1 2 3'])(
    'is none where the line is none: %j',
    text => {
      expect(parseStat(text)).toBeNull()
    },
  )

  it('is another one when its number belongs to a later process', async () => {
    const child = spawn('sleep', ['100'])
    await once(child, 'spawn')
    const identity = readProcess(child.pid ?? 0)
    expect(identity).not.toBeNull()
    if (!identity) return
    expect(isAlive(identity)).toBe(true)
    expect(isAlive({ ...identity, start: `${Number(identity.start) + 1}` })).toBe(false)
    child.kill()
    await once(child, 'exit')
    expect(isAlive(identity)).toBe(false)
    expect(readProcess(identity.pid)).toBeNull()
    expect(commandLine(identity.pid)).toBeNull()
  })

  it('is found among the children and descendants of ours', async () => {
    const child = spawn('sh', ['-c', 'sleep 100 & echo ready; wait'], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(child.stdout, 'data')
    // What the shell forked is a shell itself for a moment.
    const table = await eventually('sleep was executed', () => {
      const now = readProcessTable()
      const below = descendantsOf(indexByParent(now), process.pid)
      return below.some(({ pid }) => commandLine(pid)?.join(' ') === 'sleep 100') ? now : null
    })
    expect(childrenOf(table, process.pid).map(({ pid }) => pid)).toContain(child.pid)
    const below = descendantsOf(indexByParent(table), process.pid).map(({ pid }) => pid)
    expect(below).toContain(child.pid)
    for (const { pid } of descendantsOf(indexByParent(table), child.pid ?? 0)) process.kill(pid)
    child.kill()
  })
})
