import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Host, LogLine } from '../../../packages/host/src/host.ts'
import { linesOf } from '../../../packages/host/src/systemd/log/entry-lines.ts'
import { parseJournalEntry } from '../../../packages/host/src/systemd/log/journal-entry.ts'
import { eventually } from '../../../packages/host/src/testing/eventually.ts'
import {
  publishOverlay,
  saysEventually,
  specification,
} from '../../../packages/host/src/testing/instances.ts'
import { openSystemdHarness } from '../../../packages/host/src/testing/systemd-harness.ts'

const recordings = new URL('../../../packages/host/src/systemd/log/testing/', import.meta.url)
const followConsole = fileURLToPath(new URL('../support/follow-console.ts', import.meta.url))

/** Prints the content of each file that is put into `say`. */
const speaker = `mkdir -p say
trap 'echo "caught SIGINT"; exit 0' INT
echo ready
while :; do
  for order in say/order-*; do [ -e "$order" ] && cat "$order" && rm "$order"; done
  sleep 0.02
done
`

describe('the console of a server in the journal', () => {
  let harness: Awaited<ReturnType<typeof openSystemdHarness>>
  let host: Host
  let folder: string
  let children: ChildProcess[]
  let orders = 0

  beforeAll(async () => {
    harness = await openSystemdHarness()
    host = harness.host
  })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'left4me-console-'))
    children = []
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    await harness.reset()
    await rm(folder, { recursive: true })
  })
  afterAll(() => harness.dispose())

  async function start(script: string, files: Readonly<Record<string, string>> = {}): Promise<void> {
    await publishOverlay(host, 1, { 'fake-script.sh': script, ...files })
    await host.start(specification(1, 'script', [1]))
  }

  async function say(text: string): Promise<void> {
    orders += 1
    await host.files(1).replace(`say/order-${String(orders).padStart(6, '0')}`, text)
  }

  /** Another process that follows, as the web application would: its lines, and itself, to be killed. */
  function followElsewhere(after: number): { child: ChildProcess; lines: LogLine[] } {
    const words = [followConsole, join(folder, 'log'), '1', String(after)]
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const lines: LogLine[] = []
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const rows = (rest + text).split('\n')
      rest = rows.pop() ?? ''
      for (const row of rows) {
        const [, sequence = '', line = ''] = /^(\d+) (.*)$/.exec(row) ?? []
        lines.push({ sequence: Number(sequence), time: 0, text: line })
      }
    })
    return { child, lines }
  }

  const saidIn = (lines: readonly LogLine[]) =>
    lines.map(({ text }) => text).filter(text => text.startsWith('said'))

  it('has the same text for the same bytes as when it was recorded, which is that of the process driver', async () => {
    const program = await readFile(new URL('console.sh', recordings), 'utf8')
    await start('LC_ALL=C.UTF-8 bash ./console.sh\necho\necho "script done"\nexec sleep 1000\n', {
      'console.sh': program,
    })
    await saysEventually(host, 1, 'script done')
    const rows = (await readFile(new URL('console.jsonl', recordings), 'utf8')).trimEnd().split('\n')
    let overlong: string | null = null
    const recorded = rows.flatMap(row => {
      const entry = parseJournalEntry(row)
      if (!entry) throw new Error('a row that is none')
      const lines = linesOf(entry, overlong)
      overlong = lines.overlong
      return lines.texts
    })
    const texts = (await host.logTail(1, 100)).map(({ text }) => text)
    expect(texts).toEqual([...recorded, 'script done'])
  })

  it('has nothing of what systemd says about the unit', async () => {
    await start(speaker)
    await saysEventually(host, 1, 'ready')
    await host.stop(1)
    await start(speaker)
    await eventually('it is ready again', async () => (await host.logTail(1, 10)).length >= 3)
    expect((await host.logTail(1, 10)).map(({ text }) => text)).toEqual(['ready', 'caught SIGINT', 'ready'])
  })

  it('is followed by one journalctl for all who follow, without sudo or Node beside it', async () => {
    await start(speaker)
    const ends = [new AbortController(), new AbortController(), new AbortController()]
    const seen: LogLine[][] = ends.map(() => [])
    const following = ends.map((end, index) =>
      host.followLog(1, 0, lines => seen[index]?.push(...lines), end.signal),
    )
    await say('said by all\n')
    await eventually('all have it', () => seen.every(lines => lines.at(-1)?.text === 'said by all'))
    // Those of who looked before may be ending still.
    const [reader] = await eventually('one reader is left', async () => {
      const readers = await readersOf(1)
      return readers.length === 1 ? readers : null
    })
    expect(reader).toMatch(/^\/usr\/bin\/journalctl /)
    for (const end of ends) end.abort()
    await Promise.all(following)
    await eventually('the reader ends', async () => (await readersOf(1)).length === 0)
  })

  it('goes on with the right numbers after who read it was killed, and leaves no reader behind', async () => {
    const first = followElsewhere(0)
    await eventually('it follows', () => first.lines.length > 0)
    await start(speaker)
    await say(Array.from({ length: 40 }, (_, index) => `said ${index + 1}\n`).join(''))
    await eventually('the lines', () => saidIn(first.lines).length === 40)
    first.child.kill('SIGKILL')
    await eventually('its reader ends', async () => (await readersOf(1)).length === 0)
    await say(Array.from({ length: 10 }, (_, index) => `said ${index + 41}\n`).join(''))

    const last = first.lines.at(-1)?.sequence ?? 0
    expect(last).toBe(41)
    const second = followElsewhere(last - 5)
    await eventually('the lines', () => saidIn(second.lines).length === 15)
    expect(second.lines.slice(1)).toEqual(
      Array.from({ length: 15 }, (_, index) => ({
        sequence: 37 + index,
        time: 0,
        text: `said ${36 + index}`,
      })),
    )
  })

  it('loses and doubles nothing of 10,000 lines at once', async () => {
    const lines: LogLine[] = []
    const end = new AbortController()
    await start(
      'echo ready\ni=1\nwhile [ $i -le 10000 ]; do echo "said $i"; i=$((i + 1)); done\nexec sleep 1000\n',
    )
    const following = host.followLog(1, 0, batch => lines.push(...batch), end.signal)
    await eventually('all lines', () => lines.length >= 10_001)
    end.abort()
    await following
    expect(saidIn(lines)).toEqual(Array.from({ length: 10_000 }, (_, index) => `said ${index + 1}`))
    expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_, index) => index + 1))
    expect((await host.logTail(1, 2)).map(({ sequence }) => sequence)).toEqual([10_000, 10_001])
  })

  it('of a new instance has nothing of an earlier one with the same number', async () => {
    await start(speaker)
    await say('said before\n')
    await saysEventually(host, 1, 'said before')
    await host.stop(1)
    await host.remove(1)
    expect(await host.logTail(1, 10)).toEqual([])
    await host.start(specification(1, 'script', [1]))
    await saysEventually(host, 1, 'ready')
    expect(await host.logTail(1, 10)).toMatchObject([{ sequence: 1, text: 'ready' }])
  })
})

/** The command lines of the processes that read an instance's journal. */
async function readersOf(instanceId: number): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const commands = await Promise.all(
    pids.map(async pid => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
      const isReader =
        words.includes(`_SYSTEMD_UNIT=left4me-server@${instanceId}.service`) ||
        words.some(
          (word, index) => word.includes('left4me-journalctl') && words[index + 1] === String(instanceId),
        )
      return isReader ? [words.join(' ')] : []
    }),
  )
  return commands.flat()
}
