import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogLine } from '../../host.ts'
import { eventually } from '../../testing/eventually.ts'
import { JournalLogs } from './journal-logs.ts'
import type { JournalLimits } from './limits.ts'
import { RecordedJournal } from './testing/recorded-journal.ts'

let root: string
let journal: RecordedJournal
let opened: JournalLogs[]
let endings: AbortController[]

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'left4me-journal-'))
  journal = new RecordedJournal(root)
  opened = []
  endings = []
})
afterEach(async () => {
  for (const ending of endings) ending.abort()
  await Promise.all(opened.map(logs => logs.stop()))
  await eventually('every reader has ended', async () => (await running()).length === 0)
  await rm(root, { recursive: true })
})

function open(limits: Partial<JournalLimits> = {}): JournalLogs {
  const logs = new JournalLogs({
    helper: journal.helper,
    folderOf: instanceId => join(root, 'instances', String(instanceId), 'log'),
    limits: { pause: 10, longestPause: 50, linger: 50, patience: 60_000, ...limits },
  })
  logs.start()
  opened.push(logs)
  return logs
}

interface Following {
  readonly lines: LogLine[]
  readonly over: Promise<void>
  end(): Promise<void>
}

function follow(logs: JournalLogs, after = 0, instanceId = 1): Following {
  const lines: LogLine[] = []
  const ending = new AbortController()
  endings.push(ending)
  const over = logs.follow(instanceId, after, batch => lines.push(...batch), ending.signal)
  over.catch(() => undefined)
  return {
    lines,
    over,
    end: () => {
      ending.abort()
      return over
    },
  }
}

async function running(): Promise<number[]> {
  return (await journal.starts()).map(({ pid }) => pid).filter(isAlive)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`)
const texts = (lines: readonly LogLine[]) => lines.map(({ text }) => text)
const sequences = (lines: readonly LogLine[]) => lines.map(({ sequence }) => sequence)
const counting = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('the last lines of a log', () => {
  it('have numbers from 1 on, whether somebody follows or not', async () => {
    const logs = open()
    await logs.begin(1)
    expect(await logs.tail(1, 10)).toEqual([])
    await journal.print(numbered(1, 30))
    const tail = await logs.tail(1, 3)
    expect(tail).toMatchObject([
      { sequence: 28, text: 'line 28', time: expect.any(Number) },
      { sequence: 29, text: 'line 29' },
      { sequence: 30, text: 'line 30' },
    ])
    expect(await logs.tail(1, 0)).toEqual([])
    expect(sequences(await logs.tail(1, 1000))).toEqual(counting(1, 30))

    const { lines } = follow(logs, 30)
    await journal.print(numbered(31, 31))
    await eventually('the line comes', () => lines.length > 0)
    expect(await logs.tail(1, 2)).toMatchObject([{ sequence: 30 }, { sequence: 31 }])
  })

  it('come out of memory once a follower is known to have them all', async () => {
    const logs = open()
    await logs.begin(1)
    await journal.print(numbered(1, 50))
    const { lines } = follow(logs)
    await eventually('all lines', () => lines.length === 50)
    const reads = async () => (await journal.starts()).filter(({ end }) => end === '--no-follow').length
    expect(sequences(await logs.tail(1, 100))).toEqual(counting(1, 50))
    const before = await reads()
    expect(sequences(await logs.tail(1, 100))).toEqual(counting(1, 50))
    expect(sequences(await logs.tail(1, 7))).toEqual(counting(44, 50))
    expect(await reads()).toBe(before)
  })

  it('are none of an instance that never ran, without asking anybody', async () => {
    const logs = open()
    await journal.print(['of another with the same id'])
    expect(await logs.tail(1, 10)).toEqual([])
    expect(await journal.starts()).toEqual([])
  })

  it('reject with what the helper says when it fails', async () => {
    const logs = open()
    await logs.begin(1)
    await journal.fail('sudo: a password is required\n')
    await expect(logs.tail(1, 10)).rejects.toMatchObject({
      name: 'HostError',
      code: 'unavailable',
      message: expect.stringContaining('a password is required'),
      remedy: expect.any(String),
    })
    await journal.mend()
    expect(await logs.tail(1, 10)).toEqual([])
  })

  it('reject when there is no helper', async () => {
    const logs = new JournalLogs({ helper: [join(root, 'none')], folderOf: () => join(root, 'log') })
    logs.start()
    opened.push(logs)
    await logs.begin(1)
    await expect(logs.tail(1, 10)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('following a log', () => {
  it('gives every line after a given one, old and new, in order, to each follower by one reader', async () => {
    const logs = open()
    await logs.begin(1)
    await journal.print(numbered(1, 20))
    const all = follow(logs)
    const some = follow(logs, 15)
    await eventually('the old lines', () => all.lines.length === 20 && some.lines.length === 5)
    await journal.print(numbered(21, 25))
    await eventually('the new lines', () => all.lines.length === 25 && some.lines.length === 10)
    expect(sequences(all.lines)).toEqual(counting(1, 25))
    expect(texts(some.lines)).toEqual(numbered(16, 25))
    expect(await running()).toHaveLength(1)

    await all.end()
    expect(await running()).toHaveLength(1)
    await some.end()
    await eventually('the reader ends', async () => (await running()).length === 0)
  })

  it('gives what is too old for memory too, then goes on', async () => {
    const logs = open({ ringLines: 10 })
    await logs.begin(1)
    const first = follow(logs)
    await journal.print(numbered(1, 3000))
    await eventually('all lines', () => first.lines.length === 3000)
    const late = follow(logs, 5)
    await eventually('the old lines', () => late.lines.length === 2995)
    await journal.print(numbered(3001, 3002))
    await eventually('the new lines', () => late.lines.length === 2997)
    expect(sequences(late.lines)).toEqual(counting(6, 3002))
  })

  it('waits for the instance’s first start', async () => {
    const logs = open()
    await journal.print(['of another with the same id'], '1', Date.now() - 60_000)
    const { lines } = follow(logs)
    await logs.begin(1)
    await journal.print(numbered(1, 2))
    await eventually('the lines', () => lines.length === 2)
    expect(sequences(lines)).toEqual([1, 2])
    expect(texts(lines)).toEqual(numbered(1, 2))
  })

  it('loses and doubles nothing of a burst', async () => {
    const logs = open()
    await logs.begin(1)
    const { lines } = follow(logs)
    for (let batch = 0; batch < 10; batch++)
      await journal.print(numbered(batch * 1000 + 1, batch * 1000 + 1000))
    await eventually('the burst', () => lines.length >= 10_000)
    expect(sequences(lines)).toEqual(counting(1, 10_000))
    expect(texts(lines)).toEqual(numbered(1, 10_000))
  })

  it('ends for a listener that throws, with what it threw, and for no other', async () => {
    const logs = open()
    await logs.begin(1)
    await journal.print(numbered(1, 1))
    const good = follow(logs)
    await eventually('the old line', () => good.lines.length === 1)
    const throws = () => {
      throw new Error('not mine')
    }
    const { signal } = new AbortController()
    await expect(logs.follow(1, 0, throws, signal)).rejects.toThrow('not mine')
    const live = logs.follow(1, 1, throws, signal)
    live.catch(() => undefined)
    await journal.print(numbered(2, 2))
    await expect(live).rejects.toThrow('not mine')
    await eventually('the other one goes on', () => good.lines.length === 2)
  })

  it('has ended when its signal had aborted before, and ends when the logs are stopped', async () => {
    const logs = open()
    await logs.begin(1)
    await logs.follow(1, 0, () => undefined, AbortSignal.abort())
    const { over } = follow(logs)
    await logs.stop()
    await over
    await expect(logs.tail(1, 1)).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('reads on no faster than it may: what is behind stays in the journal, not in memory', async () => {
    const logs = open({ burst: 500, linesPerSecond: 500 })
    await logs.begin(1)
    await journal.print(numbered(1, 50_000))
    const begun = performance.now()
    const { lines } = follow(logs)
    await eventually('it has had its burst', () => lines.length >= 500)
    await eventually('more comes', () => lines.length >= 1000)
    const seconds = (performance.now() - begun) / 1000
    // A piece of what the pipe gives at once comes before it is counted.
    expect(lines.length).toBeLessThan(500 + 500 * seconds + 1000)
    expect(sequences(lines)).toEqual(counting(1, lines.length))
  })
})

describe('numbers stay right', () => {
  it('when the reader is killed again and again', async () => {
    const logs = open()
    await logs.begin(1)
    const { lines } = follow(logs)
    for (let round = 0; round < 5; round++) {
      await journal.print(numbered(round * 20 + 1, round * 20 + 20))
      await eventually('the lines', () => lines.length === round * 20 + 20)
      for (const pid of await running()) process.kill(pid, 'SIGKILL')
    }
    await journal.print(numbered(101, 101))
    await eventually('the last line', () => lines.length === 101)
    expect(sequences(lines)).toEqual(counting(1, 101))
    expect(texts(lines)).toEqual(numbered(1, 101))
  })

  it('when the application is killed, and lines come while it is away', async () => {
    const first = open()
    await first.begin(1)
    await journal.print(numbered(1, 700))
    const before = follow(first)
    await eventually('the lines', () => before.lines.length === 700)
    // Never stopped: what it has not written down is lost with it.
    await journal.print(numbered(701, 720))

    const second = open()
    expect(await second.tail(1, 2)).toMatchObject([{ sequence: 719 }, { sequence: 720, text: 'line 720' }])
    const after = follow(second, 650)
    await journal.print(numbered(721, 730))
    await eventually('the lines', () => after.lines.length === 80)
    expect(texts(after.lines)).toEqual(numbered(651, 730))
    expect(sequences(after.lines)).toEqual(counting(651, 730))
  })

  it('when journald deletes what was read, and what was not', async () => {
    const logs = open()
    await logs.begin(1)
    await journal.print(numbered(1, 40))
    await logs.tail(1, 1)
    await journal.vacuum(30)
    expect(await logs.tail(1, 100)).toMatchObject(
      counting(31, 40).map(sequence => ({ sequence, text: `line ${sequence}` })),
    )
    await journal.print(numbered(41, 50))
    await journal.vacuum(15)
    // How many were printed is not known any more: the numbers go on above all that can have been given.
    expect(await logs.tail(1, 100)).toMatchObject(
      counting(46, 50).map(line => ({ sequence: line - 5 + 1000, text: `line ${line}` })),
    )
  })

  it('when the journal begins anew', async () => {
    const logs = open()
    await logs.begin(1)
    const { lines } = follow(logs)
    await journal.print(numbered(1, 10))
    await eventually('the lines', () => lines.length === 10)
    await journal.beginAnew()
    await journal.print(numbered(11, 12))
    await eventually('the lines', () => lines.length === 12)
    expect(texts(lines)).toEqual(numbered(1, 12))
    expect(sequences(lines)).toEqual(counting(1, 12))
  })

  it('when something that is no entry is printed in between', async () => {
    const logs = open()
    await logs.begin(1)
    await journal.print(numbered(1, 2))
    await journal.printGarbage('Journal file /var/log/journal/x is truncated, ignoring file.')
    await journal.printGarbage('{"MESSAGE":"no cursor"}')
    await journal.print(numbered(3, 4))
    await journal.printGarbage('x'.repeat(600_000))
    await journal.print(numbered(5, 5))
    expect(await logs.tail(1, 10)).toMatchObject(
      counting(1, 5).map(sequence => ({ sequence, text: `line ${sequence}` })),
    )
  })

  it('after an instance was removed: the next one of that id begins at 1 and sees nothing of it', async () => {
    const logs = open()
    await logs.begin(1)
    await journal.print(numbered(1, 5))
    const { lines } = follow(logs)
    await eventually('the lines', () => lines.length === 5)
    await logs.remove(1)
    await logs.remove(1)
    expect(await logs.tail(1, 10)).toEqual([])
    await expect(stat(join(root, 'instances/1/log'))).rejects.toThrow('ENOENT')

    await logs.begin(1)
    await journal.print(['other', 'yet other'])
    expect(await logs.tail(1, 10)).toMatchObject([
      { sequence: 1, text: 'other' },
      { sequence: 2, text: 'yet other' },
    ])
  })

  it('of each instance by itself', async () => {
    const logs = open()
    await Promise.all([logs.begin(1), logs.begin(2), logs.begin(2)])
    await journal.print(['a', 'b'], '1')
    await journal.print(['c'], '2')
    await journal.print(['d'], '1')
    expect(await logs.tail(1, 10)).toMatchObject([
      { sequence: 1 },
      { sequence: 2 },
      { sequence: 3, text: 'd' },
    ])
    expect(await logs.tail(2, 10)).toMatchObject([{ sequence: 1, text: 'c' }])
  })
})
