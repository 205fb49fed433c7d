import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Host, InstallationRevision, InstanceSpecification } from '../host.ts'
import { crash, reaches, saysEventually } from './instances.ts'

/** One driver with nothing installed, and with a simulated Steam that offers what the test says. */
export interface InstallationHarness {
  readonly host: Host
  /** Told to the simulated steamcmd at its next run; `LEFT4ME_SIMULATOR_SWITCHES`. */
  readonly steamcmd: Record<string, string>
  /** Added to the hidden server's arguments. */
  readonly trial: string[]
  /** Another driver on the same machine, open. */
  another(): Promise<Host>
  /** Puts a fake game into `installation` itself, as an earlier left4me had it, in the place of all revisions. */
  unversioned(): Promise<void>
  /** Processes and mounts of servers that are left on the machine, in words. */
  leftovers(): Promise<string[]>
  dispose(): Promise<void>
}

const atOnce = { quit: 0, interrupt: 0, terminate: 0 }

/** Game files as revisions, on every driver, with the simulated game and its steamcmd. One story: each test goes on. */
export function installationContract(name: string, open: () => Promise<InstallationHarness>): void {
  describe(name, { shuffle: false }, () => {
    let harness: InstallationHarness
    let host: Host
    let output: string[] = []

    beforeAll(async () => {
      harness = await open()
      host = harness.host
    })
    afterAll(async () => {
      await harness.dispose()
      expect(await harness.leftovers()).toEqual([])
    })

    const offer = (build: string, version: string) => {
      harness.steamcmd['LEFT4ME_SIMULATOR_SWITCHES'] =
        `-simulate-duration-ms 0 -simulate-build-id ${build} -simulate-patch-version ${version}`
    }
    const update = (signal = new AbortController().signal) => {
      output = []
      return host.installation.update({
        onProgress: () => undefined,
        onOutput: line => output.push(line),
        signal,
      })
    }
    const server = (instanceId: number): InstanceSpecification => ({
      instanceId,
      port: 27_100 + instanceId,
      arguments: ['-simulate-boot-ms', '0', '-simulate-players', '0', '+map', 'c1m1_hotel'],
      layers: [],
    })
    const versionOf = async (instanceId: number) =>
      /PatchVersion=(.*)/.exec(String(await host.files(instanceId).read('left4dead2/steam.inf', 1000)))?.[1]
    const numbers = (revisions: readonly InstallationRevision[]) =>
      revisions.map(({ revision, current, usedBy }) => ({ revision, current, usedBy }))

    it('begin with the first installation, tried out by a server that no list shows', async () => {
      offer('100', '2.2.4.3')
      expect(await host.installation.status()).toMatchObject({ state: 'missing', revision: null })
      const seen = new Set<number>()
      const unsubscribe = host.subscribe(({ instanceId }) => seen.add(instanceId))
      expect(await update()).toMatchObject({ state: 'ready', revision: 1, version: '2.2.4.3' })
      unsubscribe()
      expect(output.join('\n')).toMatch(/hidden server on port 269\d\d[\s\S]*It answers/)
      expect([...seen]).toEqual([])
      expect(await host.list()).toEqual([])
      expect(await harness.leftovers()).toEqual([])
    })

    it('come beside the one that a server runs with, which it keeps', async () => {
      const before = await host.start(server(1))
      offer('101', '2.2.4.4')
      expect(await update()).toMatchObject({ state: 'ready', revision: 2, version: '2.2.4.4' })
      expect(await host.status(1)).toEqual(before)
      expect(await versionOf(1)).toBe('2.2.4.3')
      await host.start(server(2))
      expect(await versionOf(2)).toBe('2.2.4.4')
      // A file that both revisions share is read as any other.
      expect(String(await host.files(2).read('left4dead2/gameinfo.txt', 10_000))).toContain('Left 4 Dead 2')
      const revisions = await host.installation.revisions()
      expect(numbers(revisions)).toEqual([
        { revision: 2, current: true, usedBy: [2] },
        { revision: 1, current: false, usedBy: [1] },
      ])
      // What didn't change is there once: nearly everything.
      const own = revisions.map(({ ownBytes }) => ownBytes)
      expect(Math.max(...own)).toBeLessThan(64 * 1024)
      expect(revisions).toMatchObject([{ buildId: '101', version: '2.2.4.4' }, { buildId: '100' }])
    })

    it('aren’t made when Steam has nothing new', async () => {
      expect(await update()).toMatchObject({ revision: 2 })
      expect(output.join('\n')).toContain('nothing newer than revision 2')
      expect(await host.installation.revisions()).toHaveLength(2)
    })

    it('are taken by number, older ones too, and what runs isn’t touched', async () => {
      expect(await host.installation.use(1)).toMatchObject({
        revision: 1,
        version: '2.2.4.3',
        state: 'ready',
      })
      expect(await versionOf(2)).toBe('2.2.4.4')
      await host.start({ ...server(3), installation: 2 })
      expect(await versionOf(3)).toBe('2.2.4.4')
      await host.stop(3, { patience: atOnce })
      await host.start(server(3))
      expect(await versionOf(3)).toBe('2.2.4.3')
      await host.stop(3, { patience: atOnce })
      await expect(host.installation.use(9)).rejects.toMatchObject({ code: 'not-installed' })
      await expect(host.start({ ...server(3), installation: 9 })).rejects.toMatchObject({
        code: 'not-installed',
        message: expect.stringContaining('Revision 9'),
      })
      await host.installation.use(2)
    })

    it('aren’t deleted while a server runs with them, or is to at boot', async () => {
      await expect(host.installation.removeRevision(2)).rejects.toMatchObject({
        code: 'in-use',
        message: expect.stringContaining('current'),
      })
      await expect(host.installation.removeRevision(1)).rejects.toMatchObject({
        code: 'in-use',
        message: expect.stringContaining('Server 1 runs'),
      })
      expect(await versionOf(1)).toBe('2.2.4.3')
      await host.setStartAtBoot(1, true)
      await host.stop(1, { patience: atOnce })
      await expect(host.installation.removeRevision(1)).rejects.toMatchObject({
        code: 'in-use',
        message: expect.stringContaining('boot'),
      })
      await host.setStartAtBoot(1, false)
      await host.installation.removeRevision(1)
      await host.installation.removeRevision(1)
      expect(numbers(await host.installation.revisions())).toEqual([
        { revision: 2, current: true, usedBy: [2] },
      ])
      // Its files were shared: the other revision has them still.
      await host.start(server(1))
      expect(await versionOf(1)).toBe('2.2.4.4')
    })

    it('aren’t published when no server starts with them, and the next attempt goes on', async () => {
      offer('102', '2.2.4.5')
      harness.trial.push('-simulate-crash', 'segfault', '-simulate-crash-after-ms', '0')
      await expect(update()).rejects.toMatchObject({
        code: 'install-failed',
        message: expect.stringContaining('No server starts with the new game files'),
      })
      harness.trial.length = 0
      expect(await host.installation.status()).toMatchObject({ revision: 2, state: 'ready' })
      expect(await host.list()).toHaveLength(3)
      expect(await update()).toMatchObject({ revision: 3, version: '2.2.4.5' })
      expect(output.join('\n')).toContain('Going on with what an earlier attempt downloaded')
    })

    it('stay as they are when an update is cancelled, whatever it is at', async () => {
      offer('103', '2.2.4.6')
      for (const moment of ['Copying', 'Connecting', 'hidden server']) {
        const abort = new AbortController()
        const updating = host.installation.update({
          onProgress: () => undefined,
          onOutput: line => {
            if (line.includes(moment)) abort.abort()
          },
          signal: abort.signal,
        })
        const outcome = await updating.then(
          ({ revision }) => ({ revision }),
          (error: unknown) => error,
        )
        if (abort.signal.aborted) expect(outcome).toMatchObject({ code: 'cancelled' })
        const { revision = 3 } = outcome as { revision?: number }
        expect(await host.installation.status()).toMatchObject({ state: 'ready', revision })
        expect(await host.list()).toHaveLength(3)
      }
      expect(await update()).toMatchObject({ revision: 4, version: '2.2.4.6' })
    })

    it('are collected when they are old and nothing uses them', async () => {
      // The fourth newest is in use by two servers.
      for (const [build, version] of [
        ['104', '2.2.4.7'],
        ['105', '2.2.4.8'],
      ] as const) {
        offer(build, version)
        await update()
      }
      expect((await host.installation.revisions()).map(({ revision }) => revision)).toEqual([6, 5, 4, 2])
      await host.stop(1, { patience: atOnce })
      await host.stop(2, { patience: atOnce })
      offer('106', '2.2.4.9')
      await update()
      expect((await host.installation.revisions()).map(({ revision }) => revision)).toEqual([7, 6, 5])
    })

    it('are what an automatic restart has too, whatever is current by then', async () => {
      await host.installation.use(6)
      const started = await host.start(server(2))
      await host.installation.use(7)
      crash(started)
      const restarted = await reaches(host, 2, ({ restarts, phase }) => restarts > 0 && phase === 'running')
      expect(restarted.lastExit).not.toBeNull()
      const used = (await host.installation.revisions()).find(({ usedBy }) => usedBy.includes(2))
      expect(used?.revision).toBe(6)
      await host.stop(2, { patience: atOnce })
    })

    it('take over what an earlier left4me installed, once no server runs with it', async () => {
      await harness.unversioned()
      const old = (instanceId: number): InstanceSpecification => ({
        ...server(instanceId),
        arguments: ['-fake', 'change'],
      })
      await host.start(old(4))
      await saysEventually(host, 4, 'changed')
      // left4me is updated and comes back while that server runs on.
      const next = await harness.another()
      expect(await next.installation.status()).toMatchObject({ state: 'ready', revision: null })
      expect(await next.status(4)).toMatchObject({ phase: 'running', restarts: 0 })
      await next.start(old(5))
      await expect(update()).rejects.toMatchObject({
        code: 'servers-running',
        remedy: expect.stringContaining('this one time'),
      })
      for (const instanceId of [4, 5]) await next.stop(instanceId, { patience: atOnce })
      const later = await harness.another()
      expect(await later.installation.status()).toMatchObject({ state: 'ready', revision: 1 })
      // What the server had changed is there still, over the same files.
      await later.start({ ...old(4), arguments: ['-fake', 'idle'] })
      expect(String(await later.files(4).read('left4dead2/both.txt', 100))).toBe('changed\n')
      expect(await later.files(4).read('left4dead2/lower.txt', 100)).toBeNull()
      expect((await later.installation.revisions())[0]).toMatchObject({ revision: 1, usedBy: [4] })
      await later.stop(4, { patience: atOnce })
    })
  })
}
