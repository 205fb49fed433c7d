import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Host, InstanceSpecification, InstanceStatus, LogLine } from '../host.ts'
import { eventually } from './eventually.ts'
import type { FakeBehaviour } from './fake-game.ts'

/** One driver on one machine, ready for a test. */
export interface DriverHarness {
  /** Open, with the fake game installed, and with short delays between restarts (limit: 5 crashes). */
  readonly host: Host
  /** Processes and mounts of servers that are left on the machine, in words. */
  leftovers(): Promise<string[]>
  /** Takes the installation away. */
  uninstall(): Promise<void>
  /** Stops and removes every instance and overlay, and puts the installation back. */
  reset(): Promise<void>
  /** Ends the driver and removes all that it had. */
  dispose(): Promise<void>
}

const patient = { quit: 20_000, interrupt: 20_000, terminate: 20_000 }

export function specification(
  instanceId: number,
  behaviour: FakeBehaviour,
  overlayIds: readonly number[] = [],
): InstanceSpecification {
  return {
    instanceId,
    port: 27014 + instanceId,
    arguments: ['-fake', behaviour],
    layers: overlayIds.map(overlayId => ({ overlayId, revision: 1 })),
  }
}

export async function publishOverlay(
  host: Host,
  overlayId: number,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files))
    await host.overlays.putDraft(overlayId, path, oneChunk(content), 1_000_000)
  await host.overlays.publish(overlayId, 1, new AbortController().signal)
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

export async function textsOf(host: Host, instanceId: number): Promise<string[]> {
  return (await host.logTail(instanceId, 5000)).map(line => line.text)
}

export async function saysEventually(host: Host, instanceId: number, text: string): Promise<void> {
  await eventually(`server ${instanceId} says ${text}`, async () =>
    (await textsOf(host, instanceId)).some(line => line.includes(text)),
  )
}

export async function reaches(
  host: Host,
  instanceId: number,
  wanted: (status: InstanceStatus) => boolean,
): Promise<InstanceStatus> {
  return eventually(`server ${instanceId} reaches a state`, async () => {
    const status = await host.status(instanceId)
    return wanted(status) ? status : null
  })
}

/** What every driver must do, told through the interface alone. */
export function driverContract(name: string, open: () => Promise<DriverHarness>): void {
  describe(name, () => {
    let harness: DriverHarness
    let host: Host

    beforeAll(async () => {
      harness = await open()
      host = harness.host
    })

    afterAll(() => harness.dispose())

    afterEach(async () => {
      await harness.reset()
      expect(await harness.leftovers()).toEqual([])
    })

    async function read(path: string, instanceId = 1): Promise<string | null> {
      const content = await host.files(instanceId).read(path, 10_000)
      return content === null ? null : content.toString('utf8')
    }

    describe('layers', () => {
      it('shows the uppermost file of the installation, the overlays and the upper', async () => {
        await publishOverlay(host, 1, { 'left4dead2/both.txt': 'one\n', 'left4dead2/one.txt': 'one\n' })
        await publishOverlay(host, 2, { 'left4dead2/both.txt': 'two\n', 'left4dead2/one.txt': 'two\n' })
        await host.files(1).replace('left4dead2/one.txt', 'upper\n')
        await host.start(specification(1, 'idle', [2, 1]))

        expect(await read('left4dead2/lower.txt')).toBe('installation\n')
        expect(await read('left4dead2/both.txt')).toBe('two\n')
        expect(await read('left4dead2/one.txt')).toBe('upper\n')
      })

      it('stacks a hundred layers, the earlier over the later', async () => {
        const ids = Array.from({ length: 100 }, (_, index) => index + 1)
        for (const id of ids)
          await publishOverlay(host, id, { 'left4dead2/all.txt': `${id}\n`, [`left4dead2/${id}.txt`]: 'x' })
        await host.start(specification(1, 'idle', ids))

        expect(await read('left4dead2/all.txt')).toBe('1\n')
        for (const id of ids) expect(await read(`left4dead2/${id}.txt`)).toBe('x')
        expect(await read('left4dead2/lower.txt')).toBe('installation\n')
      })

      it('keeps what the game changes to that server, through a restart, until it is reset', async () => {
        await host.start(specification(1, 'change'))
        await host.start(specification(2, 'idle'))
        await saysEventually(host, 1, 'changed')
        expect(await read('left4dead2/lower.txt')).toBeNull()
        expect(await read('left4dead2/both.txt')).toBe('changed\n')
        expect(await read('left4dead2/lower.txt', 2)).toBe('installation\n')
        expect(await read('left4dead2/both.txt', 2)).toBe('installation\n')

        await host.stop(1)
        await host.start(specification(1, 'idle'))
        expect(await read('left4dead2/lower.txt')).toBeNull()
        expect(await read('left4dead2/folder/inner.txt')).toBe('inner\n')

        await host.stop(1)
        await host.reset(1)
        await host.start(specification(1, 'idle'))
        expect(await read('left4dead2/lower.txt')).toBe('installation\n')
        expect(await read('left4dead2/both.txt')).toBe('installation\n')
        expect(await read('left4dead2/new.txt')).toBeNull()
      })

      it("leaves a revision as it is when the game changes that layer's files", async () => {
        await publishOverlay(host, 1, { 'left4dead2/both.txt': 'overlay\n' })
        await host.start(specification(1, 'change', [1]))
        await saysEventually(host, 1, 'changed')
        const content = await host.overlays.readFile(
          { overlayId: 1, revision: 1 },
          'left4dead2/both.txt',
          1000,
        )
        expect(String(content)).toBe('overlay\n')
      })
    })

    describe('start', () => {
      it('resolves when the program was executed, with its process', async () => {
        const status = await host.start(specification(1, 'idle'))
        expect(status).toMatchObject({ instanceId: 1, phase: 'running', restarts: 0, reason: null })
        expect(status.pid).toBeGreaterThan(1)
        expect(status.processStart).not.toBeNull()
        expect(await host.list()).toEqual([status])
      })

      it("passes the platform's arguments before the instance's own, each as one", async () => {
        await host.start({
          ...specification(1, 'idle'),
          arguments: ['+hostname', 'two words', '*', '$HOME', "it's", '-fake', 'idle'],
        })
        await saysEventually(host, 1, 'started with')
        const line = (await textsOf(host, 1)).find(text => text.includes('started with'))
        expect(line).toBe(
          'started with -game left4dead2 -console -norestart -strictportbind -ip 0.0.0.0 -port 27015 +clientport 28015 +tv_port 29015 -steamport 30015 ' +
            "+hostname two words * $HOME it's -fake idle",
        )
      })

      it('changes nothing when it runs already', async () => {
        const first = await host.start(specification(1, 'idle'))
        expect(await host.start(specification(1, 'end-seven'))).toEqual(first)
      })

      it('makes one process of two starts at once', async () => {
        const [first, second] = await Promise.all([
          host.start(specification(1, 'idle')),
          host.start(specification(1, 'idle')),
        ])
        expect(second.pid).toBe(first.pid)
      })

      it('starts anew when it is asked to while it stops', async () => {
        const first = await host.start(specification(1, 'idle'))
        const stopped = host.stop(1, { patience: patient })
        const second = await host.start(specification(1, 'idle'))
        expect(await stopped).toMatchObject({ pid: null })
        expect(second.phase).toBe('running')
        expect(second.pid).not.toBe(first.pid)
      })

      it.each([
        ['a line break', { arguments: ['+map\n-fake'] }],
        ['a NUL', { arguments: ['a\u0000b'] }],
        ['an empty argument', { arguments: [''] }],
        ['too many arguments', { arguments: Array.from({ length: 300 }, () => 'x') }],
        ['a port below 1024', { port: 80 }],
        ['a port that is no integer', { port: 27015.5 }],
        ['an id of 0', { instanceId: 0 }],
        ['a revision of 0', { layers: [{ overlayId: 1, revision: 0 }] }],
      ])('refuses %s and changes nothing', async (_, wrong) => {
        await expect(host.start({ ...specification(1, 'idle'), ...wrong })).rejects.toMatchObject({
          name: 'HostError',
        })
        expect(await host.list()).toEqual([])
      })

      it('says that the game is missing, and fails the instance with that', async () => {
        await harness.uninstall()
        await expect(host.start(specification(1, 'idle'))).rejects.toMatchObject({
          code: 'not-installed',
          remedy: expect.stringContaining('Install'),
        })
        expect(await host.status(1)).toMatchObject({
          phase: 'failed',
          pid: null,
          reason: { code: 'program-missing' },
        })
      })

      it('names the layer that is missing, and fails the instance with that', async () => {
        await expect(host.start(specification(1, 'idle', [7]))).rejects.toMatchObject({
          code: 'layer-missing',
          message: expect.stringContaining('overlay 7'),
        })
        expect(await host.status(1)).toMatchObject({ phase: 'failed', reason: { code: 'mount-failed' } })
      })

      it('works again after a failure, which it clears', async () => {
        await expect(host.start(specification(1, 'idle', [7]))).rejects.toThrow()
        expect(await host.start(specification(1, 'idle'))).toMatchObject({ phase: 'running', reason: null })
      })
    })

    describe('crash', () => {
      it('starts the server again and counts it', async () => {
        const first = await host.start(specification(1, 'crash-later'))
        const again = await reaches(host, 1, status => status.phase === 'running' && status.restarts === 1)
        expect(again.pid).not.toBe(first.pid)
        expect(again.lastExit).toMatchObject({ code: null, signal: 'SIGSEGV' })
      })

      it('takes an end with status 0 for a crash too', async () => {
        await host.start(specification(1, 'end-zero')).catch(() => undefined)
        const status = await reaches(host, 1, ({ restarts }) => restarts > 0)
        expect(status.lastExit).toMatchObject({ code: 0, signal: null })
      })

      it('gives up after five, with the reason out of the console', async () => {
        await host.start(specification(1, 'end-seven'))
        const status = await reaches(host, 1, ({ phase }) => phase === 'failed')
        expect(status).toMatchObject({
          pid: null,
          restarts: 4,
          restartAt: null,
          lastExit: { code: 7, signal: null },
          reason: { code: 'start-limit', remedy: expect.any(String) },
        })
        expect(status.reason?.message).toContain("Couldn't allocate dedicated server IP port")
        expect(status.reason?.message).toContain('status 7')
      })

      it('tells of the wait between, and why', async () => {
        const seen: InstanceStatus[] = []
        host.subscribe(status => seen.push(status))
        await host.start(specification(1, 'segfault')).catch(() => undefined)
        await reaches(host, 1, ({ phase }) => phase === 'failed')
        const waiting = seen.filter(({ phase }) => phase === 'restarting')
        expect(waiting.length).toBeGreaterThanOrEqual(4)
        expect(waiting[0]).toMatchObject({ pid: null, reason: { code: 'crashed' } })
        expect(waiting[0]?.reason?.message).toContain('SIGSEGV')
        const delays = waiting.map(({ restartAt, since }) => (restartAt ?? 0) - since)
        expect(delays.some(delay => delay > (delays[0] ?? 0))).toBe(true)
      })

      it('does not restart what a person stops while it waits', async () => {
        await host.start(specification(1, 'crash-later'))
        await reaches(host, 1, ({ phase }) => phase === 'restarting')
        expect(await host.stop(1)).toMatchObject({ phase: 'stopped', restartAt: null, reason: null })
      })
    })

    describe('stop', () => {
      it('lets the program end by itself first', async () => {
        await host.start(specification(1, 'ignore-all'))
        const { pid } = await host.status(1)
        const status = await host.stop(1, {
          patience: patient,
          quit: async () => {
            // What `quit` by RCON does.
            process.kill(pid ?? 0, 'SIGKILL')
          },
        })
        expect(status).toMatchObject({ phase: 'stopped', pid: null, reason: null })
        expect(await textsOf(host, 1)).not.toContain('ignored SIGINT')
      })

      it('goes on to SIGINT at once when asking failed', async () => {
        await host.start(specification(1, 'idle'))
        await saysEventually(host, 1, 'started with')
        await host.stop(1, { patience: patient, quit: () => Promise.reject(new Error('wrong password')) })
        expect(await textsOf(host, 1)).toContain('caught SIGINT')
      })

      it('goes on to SIGINT when asking has no effect in time', async () => {
        await host.start(specification(1, 'idle'))
        await saysEventually(host, 1, 'started with')
        await host.stop(1, { patience: { ...patient, quit: 50 }, quit: async () => undefined })
        expect(await textsOf(host, 1)).toContain('caught SIGINT')
      })

      it('gives the game the time that it needs after SIGINT, although its runner is a shell', async () => {
        await host.start(specification(1, 'slow-end'))
        await saysEventually(host, 1, 'ready')
        expect(await host.stop(1, { patience: patient })).toMatchObject({ lastExit: { code: 0 } })
        expect(await textsOf(host, 1)).toEqual(expect.arrayContaining(['saving', 'saved']))
      })

      it('ends with SIGTERM what ignores SIGINT', async () => {
        await host.start(specification(1, 'ignore-interrupt'))
        await saysEventually(host, 1, 'ready')
        await host.stop(1, { patience: { ...patient, interrupt: 100 } })
        const texts = await textsOf(host, 1)
        expect(texts).toContain('ignored SIGINT')
        expect(texts).toContain('caught SIGTERM')
      })

      it('kills what ignores every signal', async () => {
        await host.start(specification(1, 'ignore-all'))
        await saysEventually(host, 1, 'ready')
        const status = await host.stop(1, { patience: { quit: 0, interrupt: 50, terminate: 50 } })
        expect(status).toMatchObject({ phase: 'stopped', lastExit: { signal: 'SIGKILL' } })
      })

      it('leaves no child behind that hides from signals', async () => {
        await host.start(specification(1, 'stray-child'))
        await saysEventually(host, 1, 'ready')
        expect((await host.usage(1))?.processes).toBeGreaterThan(3)
        await host.stop(1)
        expect(await harness.leftovers()).toEqual([])
      })

      it('is no crash and is not followed by a restart', async () => {
        const seen: InstanceStatus[] = []
        await host.start(specification(1, 'idle'))
        host.subscribe(status => seen.push(status))
        await host.stop(1)
        expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(['stopping', 'stopped'])
      })

      it('changes nothing when nothing runs, but clears a failure', async () => {
        expect(await host.stop(1)).toMatchObject({ phase: 'stopped' })
        await host.start(specification(1, 'idle', [7])).catch(() => undefined)
        expect(await host.stop(1)).toMatchObject({ phase: 'stopped', reason: null })
      })
    })

    describe('files', () => {
      it('refuses to reset or remove while it runs', async () => {
        await host.start(specification(1, 'idle'))
        await expect(host.reset(1)).rejects.toMatchObject({ code: 'instance-running' })
        await expect(host.remove(1)).rejects.toMatchObject({ code: 'instance-running' })
      })

      it('removes everything that an instance has, also twice', async () => {
        await host.start(specification(1, 'change'))
        await saysEventually(host, 1, 'changed')
        await host.stop(1)
        await host.remove(1)
        await host.remove(1)
        expect(await host.list()).toEqual([])
        expect(await host.logTail(1, 10)).toEqual([])
        expect(await host.files(1).read('left4dead2/new.txt', 1000)).toBeNull()
      })

      it("copies a server's own files, what it deleted included", async () => {
        await host.start(specification(1, 'change'))
        await saysEventually(host, 1, 'changed')
        await host.copyUpper(1, 2, new AbortController().signal)
        await host.start(specification(2, 'idle'))
        expect(await read('left4dead2/lower.txt', 2)).toBeNull()
        expect(await read('left4dead2/both.txt', 2)).toBe('changed\n')
        expect(await read('left4dead2/folder/inner.txt', 2)).toBe('inner\n')
        await expect(host.copyUpper(1, 2, new AbortController().signal)).rejects.toMatchObject({
          code: 'instance-running',
        })
      })

      it('writes into a running server too', async () => {
        await host.start(specification(1, 'idle'))
        await host.files(1).replace('left4dead2/cfg/live.cfg', 'live\n')
        expect(await read('left4dead2/cfg/live.cfg')).toBe('live\n')
        await host.stop(1)
        expect(await read('left4dead2/cfg/live.cfg')).toBe('live\n')
        await host.files(1).remove('left4dead2/cfg/live.cfg')
        expect(await read('left4dead2/cfg/live.cfg')).toBeNull()
      })

      it('keeps an overlay that a running server uses', async () => {
        await publishOverlay(host, 1, { 'left4dead2/one.txt': 'one' })
        await host.start(specification(1, 'idle', [1]))
        await expect(host.overlays.removeOverlay(1)).rejects.toMatchObject({ code: 'instance-running' })
        expect(await read('left4dead2/one.txt')).toBe('one')
        await host.stop(1)
        await host.overlays.removeOverlay(1)
      })
    })

    describe('log', () => {
      it('follows from the first line on without losing or doubling one', async () => {
        const lines: LogLine[] = []
        const end = new AbortController()
        await host.start(specification(1, 'flood'))
        const following = host.followLog(1, 0, batch => lines.push(...batch), end.signal)
        await eventually('the flood is over', () => lines.some(({ text }) => text === 'flooded'))
        end.abort()
        await following
        const printed = lines.map(({ text }) => text).filter(text => text.startsWith('line '))
        expect(printed).toEqual(Array.from({ length: 2000 }, (_, index) => `line ${index + 1}`))
        expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_, index) => index + 1))
      })

      it('goes on after a given line, and counts on through restarts', async () => {
        await host.start(specification(1, 'idle'))
        await saysEventually(host, 1, 'started with')
        await host.stop(1)
        const before = (await host.logTail(1, 1))[0]?.sequence ?? 0
        expect(before).toBeGreaterThan(1)
        await host.start(specification(1, 'idle'))
        const lines: LogLine[] = []
        const end = new AbortController()
        const following = host.followLog(1, before, batch => lines.push(...batch), end.signal)
        await eventually('a line comes', () => lines.length > 0)
        end.abort()
        await following
        expect(lines[0]).toMatchObject({
          sequence: before + 1,
          text: expect.stringContaining('started with'),
        })
      })

      it('gives the last lines, oldest first', async () => {
        await host.start(specification(1, 'flood'))
        await saysEventually(host, 1, 'flooded')
        expect((await host.logTail(1, 3)).map(({ text }) => text)).toEqual([
          'line 1999',
          'line 2000',
          'flooded',
        ])
      })

      it('ends only the following of a listener that throws, with what it threw', async () => {
        const lines: LogLine[] = []
        const end = new AbortController()
        const good = host.followLog(1, 0, batch => lines.push(...batch), end.signal)
        const bad = host.followLog(
          1,
          0,
          () => {
            throw new Error('not mine')
          },
          end.signal,
        )
        bad.catch(() => undefined)
        await host.start(specification(1, 'idle'))
        await expect(bad).rejects.toThrow('not mine')
        await eventually('the other one goes on', () =>
          lines.some(({ text }) => text.includes('started with')),
        )
        end.abort()
        await good
      })

      it('does not keep one server from the others when it prints without end', async () => {
        await host.start(specification(1, 'flood-on'))
        await host.start(specification(2, 'tick'))
        await saysEventually(host, 2, 'tick 20')
        expect((await host.status(1)).phase).toBe('running')
      })
    })

    it('tells what a running server uses, and nothing of a stopped one', async () => {
      await host.start(specification(1, 'idle'))
      const usage = await host.usage(1)
      expect(usage?.processes).toBeGreaterThanOrEqual(2)
      expect(usage?.memoryBytes).toBeGreaterThan(100_000)
      expect(usage?.cpuSeconds).toBeGreaterThanOrEqual(0)
      await host.stop(1)
      expect(await host.usage(1)).toBeNull()
    })

    it('describes the machine', async () => {
      const machine = await host.machine()
      expect(machine.cores).toBeGreaterThan(0)
      expect(machine.memory.available).toBeGreaterThan(0)
      expect(machine.disk.total).toBeGreaterThan(machine.disk.available)
      expect(machine.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    })
  })
}
