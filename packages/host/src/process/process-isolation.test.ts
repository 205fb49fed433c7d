import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { publishOverlay, saysEventually, specification, textsOf } from '../testing/instances.ts'
import { openProcessHarness, type ProcessHarness } from '../testing/process-harness.ts'

/** Each probe is a shell condition inside the game; what holds is printed as `can NAME`. */
function probeScript(root: string, probes: Readonly<Record<string, string>>): string {
  const lines = Object.entries(probes).map(
    ([name, condition]) => `if (${condition}) >/dev/null 2>&1 </dev/null; then echo "can ${name}"; fi`,
  )
  return [`root='${root}'`, ...lines, ''].join('\n')
}

const probes = (elsewhere: string) => ({
  'read the database': 'cat "$root/data/left4me.db"',
  'reach the supervisor': '[ -e "$root/run/supervisor.sock" ]',
  'read another server’s files': 'cat "$root/runtime/2/upper/left4dead2/secret.cfg"',
  'list instances': '[ -e "$root/instances/2" ]',
  'change an overlay': 'echo x >>"$root/overlays/1/revisions/1/fake-script.sh"',
  'change the installation': 'echo x >>"$root/installation/revisions/1/srcds_run"',
  'write beside its own folder': 'echo x >"$root/runtime/2/upper/x"',
  'write to the machine': `echo x >'${elsewhere}/planted'`,
  'see other processes': '[ "$(ls -d /proc/[0-9]* | wc -l)" -gt 12 ]',
  'read its first process': 'cat /proc/1/environ || ls /proc/1/root/ || ls /proc/1/cwd/',
  unmount: 'umount "$PWD" || umount "$root" || umount /proc',
  mount: 'mount -t tmpfs none /mnt',
  'gain capabilities': 'grep -E "^Cap(Prm|Eff|Amb):" /proc/self/status | grep -v 0000000000000000',
  'gain privileges': 'grep -q "^NoNewPrivs:.0" /proc/self/status',
  'change sysctls': 'echo 1 >/proc/sys/vm/drop_caches || echo core >/proc/sys/kernel/core_pattern',
  'open a disk': 'for disk in /dev/vda /dev/sda /dev/nvme0n1; do [ -w $disk ] && exit 0; done; exit 1',
  'see other terminals': '[ "$(ls /dev/pts | wc -l)" -gt 2 ]',
  // What must work, so that a probe that fails for another reason is noticed.
  'write its own files': 'echo x >left4dead2/mine.txt && cat left4dead2/mine.txt',
  'read what Steam needs': 'cat /proc/cpuinfo /proc/sys/kernel/ostype "$HOME/.steam/sdk32/steamclient.so"',
  'write its home': 'echo x >"$HOME/x"',
  'use devices': 'head -c 1 /dev/urandom >/dev/null && echo x >/dev/null && tty </dev/tty',
})

const allowed = ['read what Steam needs', 'use devices', 'write its home', 'write its own files']

describeWithLayers('what a game can reach', () => {
  let harness: ProcessHarness
  let elsewhere: string | null = null

  afterEach(async () => {
    if (elsewhere) await rm(elsewhere, { recursive: true })
    elsewhere = null
    await harness.dispose()
    expect(await harness.leftovers()).toEqual([])
  })

  async function whatAGameCan(options: { hideData: boolean }): Promise<string[]> {
    harness = await openProcessHarness(options)
    const { host, root } = harness
    await mkdir(join(root, 'data'), { recursive: true })
    await writeFile(join(root, 'data', 'left4me.db'), 'secret')
    await mkdir(join(root, 'steam', 'sdk32'), { recursive: true })
    await writeFile(join(root, 'steam', 'sdk32', 'steamclient.so'), 'library')
    await host.files(2).replace('left4dead2/secret.cfg', 'rcon_password')
    await host.start(specification(2, 'idle'))
    // Not below /tmp, which is shared here because the data directory of the test lies in it.
    elsewhere = await mkdtemp('/var/tmp/left4me-elsewhere-')
    await publishOverlay(host, 1, { 'fake-script.sh': probeScript(root, probes(elsewhere)) })
    await host.start(specification(1, 'script', [1]))
    await saysEventually(host, 1, 'script done')
    return (await textsOf(host, 1))
      .filter(text => text.startsWith('can '))
      .map(text => text.slice('can '.length))
      .sort()
  }

  it('is its own files and nothing of left4me, of other servers or of the machine to write', async () => {
    expect(await whatAGameCan({ hideData: true })).toEqual(allowed)
  })

  it('is all of the data directory when hiding is off (so that the probes above mean something)', async () => {
    const can = await whatAGameCan({ hideData: false })
    expect(can).toEqual(
      expect.arrayContaining([
        'read the database',
        'reach the supervisor',
        'read another server’s files',
        'list instances',
        'change an overlay',
        'change the installation',
        'write beside its own folder',
        'write its own files',
        'write to the machine',
      ]),
    )
  })

  describe('with several servers', () => {
    it('can not signal another server, whatever number it tries', async () => {
      harness = await openProcessHarness()
      const { host } = harness
      const other = await host.start(specification(2, 'idle'))
      await publishOverlay(host, 1, {
        'fake-script.sh': `if kill -0 ${other.pid} 2>/dev/null; then echo "reached ${other.pid}"; fi
kill -9 -1 2>/dev/null; echo survived
`,
      })
      // It kills all that it can, which may be itself before it was seen to run.
      await host.start(specification(1, 'script', [1])).catch(() => undefined)
      await saysEventually(host, 1, 'left4me:').catch(() => undefined)
      expect(await host.status(2)).toMatchObject({ phase: 'running', pid: other.pid, restarts: 0 })
      expect(await textsOf(host, 1)).not.toContain(`reached ${other.pid}`)
    })
  })
})
