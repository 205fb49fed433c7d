import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createProcessHost, type Host } from '@left4me/host'
import { writeFakeInstallation } from '../../packages/host/src/testing/fake-game.ts'
import { buildUpload, specification } from '../../packages/host/src/testing/instances.ts'
import { type Benchmark, NotRunnable } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import { allocatedBytesByEntry } from '../probes/disk-usage.ts'

const run = promisify(execFile)

const stacks = [0, 1, 20, 100]
const most = Math.max(...stacks)
const rounds = 9
/** Of the installation that a copy takes along; the real one has forty times as much. */
const gameFiles = 2000
const gameFileBytes = 100_000
const atOnce = { quit: 0, interrupt: 0, terminate: 0 }

export const contentLayers: Benchmark = {
  name: 'content-layers',
  title:
    'a new server with 1, 20 and 100 layers, from the request until its program is executed, beside cp -a of the game',
  async run(context) {
    const disk = await statfs(tmpdir())
    if (disk.bavail * disk.bsize < 3 * gameFiles * gameFileBytes)
      throw new NotRunnable(
        `${tmpdir()} has too little room: free ${(3 * gameFiles * gameFileBytes) / 1e9} GB.`,
      )
    const root = await mkdtemp(join(tmpdir(), 'left4me-bench-layers-'))
    const host = createProcessHost({ root, node: process.execPath, steamcmd: null })
    try {
      await writeInstallation(root)
      await host.open()
      for (let overlayId = 1; overlayId <= most; overlayId += 1) {
        const content = Buffer.from(`hostname ${overlayId}\n`)
        await host.overlays.putDraft(overlayId, `left4dead2/cfg/${overlayId}.cfg`, once(content), 1000)
        await buildUpload(host.overlays, overlayId, 1)
      }
      const starts = new Map<number, number[]>(stacks.map(count => [count, []]))
      const copies: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        context.say(`round ${round + 1} of ${rounds}`)
        context.signal.throwIfAborted()
        for (const [count, values] of starts) values.push(await startNew(host, count))
        copies.push(await copyGame(root))
      }
      await host.start(specification(1, 'idle', [1]))
      const before = await bytesOf(root)
      await host.start(specification(2, 'idle', [1]))
      const added = (await bytesOf(root)) - before
      const of = (count: number) => starts.get(count) ?? []
      const figures = stacks.map(
        count => ({ name: `${count} layers`, unit: 'ms', value: median(of(count)), aim: null }) as const,
      )
      const beyond = (count: number) => median(of(count)) - median(of(0))
      return {
        samples: [
          ...stacks.map(count => ({ name: `${count} layers`, unit: 'ms', values: of(count) }) as const),
          { name: 'cp -a of the game', unit: 'ms', values: copies },
        ],
        figures: [
          ...figures,
          { name: '1 layer, beyond none', unit: 'ms', value: beyond(1), aim: { atMost: 10 } },
          { name: '20 layers, beyond none', unit: 'ms', value: beyond(20), aim: { atMost: 10 } },
          { name: '100 layers, beyond none', unit: 'ms', value: beyond(100), aim: { atMost: 10 } },
          { name: 'cp -a of the game', unit: 'ms', value: median(copies), aim: null },
          { name: 'a further server', unit: 'bytes', value: added, aim: { atMost: 64 * 1024 } },
          { name: 'a copy of the game', unit: 'bytes', value: gameFiles * gameFileBytes, aim: null },
        ],
        notes: [
          `medians of ${rounds} rounds, turn and turn about; the process driver, a game that is a shell script`,
          `the game has ${gameFiles} files and ${(gameFiles * gameFileBytes) / 1e6} MB here; cp -a isn’t waited for until it is on the disk`,
        ],
      }
    } finally {
      for (const { instanceId } of await host.list().catch(() => []))
        await host.stop(instanceId, { patience: atOnce }).catch(() => undefined)
      await host.close()
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    }
  },
}

async function writeInstallation(root: string): Promise<void> {
  await writeFakeInstallation(join(root, 'installation'))
  const folder = join(root, 'installation', 'revisions', '1', 'left4dead2', 'maps')
  await mkdir(folder, { recursive: true })
  for (let file = 0; file < gameFiles; file += 1)
    await writeFile(join(folder, `map${file}.bsp`), Buffer.alloc(gameFileBytes, file))
}

/** Milliseconds. */
async function startNew(host: Host, layers: number): Promise<number> {
  const ids = Array.from({ length: layers }, (_, at) => at + 1)
  const begin = performance.now()
  await host.start(specification(1, 'idle', ids))
  const taken = performance.now() - begin
  await host.stop(1, { patience: atOnce })
  await host.remove(1)
  return taken
}

async function copyGame(root: string): Promise<number> {
  const copy = join(root, 'copy')
  const begin = performance.now()
  await run('cp', ['-a', join(root, 'installation', 'revisions', '1'), copy])
  const taken = performance.now() - begin
  await rm(copy, { recursive: true })
  return taken
}

async function bytesOf(root: string): Promise<number> {
  return [...(await allocatedBytesByEntry(root)).values()].reduce((sum, bytes) => sum + bytes, 0)
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content
}
