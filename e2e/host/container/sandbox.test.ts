import { afterAll, beforeAll, expect, it } from 'vitest'
import { hostPaths, parseScriptReport } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { type Guard, guarded } from '../support/guarded.ts'
import { check } from '../support/guards.ts'
import { attemptsOf } from '../support/probes/attempts-of.ts'
import { guardChain } from '../support/probes/firewall-guard.ts'
import { probeFolder } from '../support/probes/install-probes.ts'
import { markers, ports, type Scene, secrets, setScene } from '../support/probes/scene.ts'
import { type ScriptProbe, scriptProbe } from '../support/probes/script-probe.ts'
import { sandboxProperties as file, noUnixSockets } from '../support/script-guards.ts'

/** An address of the host that isn't a loopback one; TEST-NET-3, RFC 5737. */
const hostAddress = '203.0.113.5'
const privateAddress = '10.66.0.1'

/** Settings of sandbox-properties.ts, without their values, taken out of the list or replaced. */
function without(...settings: readonly (string | readonly [setting: string, instead: string])[]): Guard {
  const names = settings.map(setting => (typeof setting === 'string' ? setting : setting[0]))
  return check(names.map(name => `${name}=`).join(', '), file, text => {
    let edited = text
    for (const setting of settings) {
      const [name, instead] = typeof setting === 'string' ? [setting, ''] : setting
      const lines = new RegExp(`^ +(['\`])${name}=.*\\1,\\n`, 'gm')
      if (!lines.test(edited)) throw new Error(`${name} isn't set in ${file}`)
      edited = edited.replace(lines, '')
      if (instead !== '') edited = edited.replace('    // Whom it reaches.\n', `    ${instead},\n$&`)
    }
    return edited
  })
}
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the text of a program.
/** In the host's own root the script has to be bound where systemd-run looks for it. */
const scriptInHost = '`BindReadOnlyPaths=${places.root}/script:/script`'
const ownRoot = without(['RootDirectory', scriptInHost])
const ownRootAndSockets = without(['RootDirectory', scriptInHost], 'RestrictAddressFamilies')
const noRings = check('SystemCallFilter=~io_uring_setup', file, text => text.replace(' io_uring_setup', ''))
/** As good as no sandbox: its user, its folder, and the script. */
const everything = check('the whole of sandbox-properties.ts', file, text =>
  text.replace(
    / {2}return \[\n[\s\S]*?\n {2}\]\n\}/,
    "  return ['User=left4me', 'Group=left4me', `BindPaths=${places.overlay}:/overlay`, `BindReadOnlyPaths=${places.root}/script:/script`]\n}",
  ),
)
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the text of a program.

describeWith(['root'], 'what a script must not reach', () => {
  let bed: Container
  let scene: Scene
  let script: ScriptProbe
  const { refuses } = attemptsOf(
    'a script',
    () => bed,
    async request => await script.attempt(...request),
  )
  const ofWeb =
    (verb: string, ...words: string[]) =>
    async () => [verb, String(await scene.web.process()), markers.web, ...words]

  beforeAll(async () => {
    bed = await openContainer()
    scene = await setScene(bed)
    await scene.refresh()
    script = scriptProbe(bed, '9')
    await bed.succeed(`
      ip address add ${hostAddress}/32 dev lo
      ip address add ${privateAddress}/32 dev lo`)
  })
  afterAll(async () => bed[Symbol.asyncDispose]())

  const ownProcesses = without('PrivatePIDs', 'ProtectProc')
  const ownProcessesAndUsers = without('PrivatePIDs', 'ProtectProc', 'PrivateUsers')
  refuses('sees the web application', ownProcesses, ['see', markers.web])
  refuses('sees a server', ownProcesses, ['see', markers.neighbour])
  refuses('sees a process of root', ownProcesses, ['see', 'systemd-journald'])
  refuses('signals the web application', without('PrivatePIDs'), ofWeb('signal', '0'))
  refuses(
    "reads the web application's environment",
    ownProcessesAndUsers,
    ofWeb('process-file', 'environ', secrets.web),
  )
  refuses(
    "reads the database through the web application's root",
    ownProcessesAndUsers,
    ofWeb('process-file', 'root/var/lib/left4me/data/left4me.db', secrets.database),
  )
  refuses("sees the web application's open files", ownProcessesAndUsers, ofWeb('process-descriptors'))
  refuses("opens the web application's memory", ownProcessesAndUsers, ofWeb('process-memory'))
  refuses(
    'traces the web application',
    without('PrivatePIDs', 'ProtectProc', 'PrivateUsers', 'SystemCallFilter'),
    ofWeb('trace'),
  )
  guarded({
    attempt: 'a script kills all that it can: kill -9 -1 ends the web application and a server',
    guard: without('PrivatePIDs'),
    bed: () => bed,
    probe: async () => {
      await scene.refresh()
      const others = async () => [await scene.web.process(), await scene.neighbour.process()]
      const before = await others()
      await bed.succeed(`cd ${hostPaths.root}; mkdir -p overlays/8/draft tmp/scripts; chown -R left4me: overlays/8 tmp/scripts
        echo 'touch begun; perl ${probeFolder}/attempt.pl kill-everybody' >tmp/scripts/kill; rm -f overlays/8/draft/begun`)
      // By root: whoever called it as the service user would be killed too.
      await bed.run('/usr/local/libexec/left4me/left4me-script-sandbox 8 kill')
      await bed.succeed(`[ -e ${hostPaths.overlays}/8/draft/begun ]`)
      const after = await others()
      return after.every((process, index) => process === before[index]) ? 'refused' : 'succeeded'
    },
  })

  refuses('reads the database', ownRoot, ['read', `${hostPaths.root}/data/left4me.db`, secrets.database])
  refuses("reads the web application's settings", ownRoot, ['read', '/etc/left4me/web.env', secrets.web])
  refuses("reads a server's upper", ownRoot, () =>
    Promise.resolve(['read', `${scene.neighbour.upper}/secret.txt`, secrets.neighbour]),
  )
  refuses('reads the installation', ownRoot, ['read', `${hostPaths.installation}/shared.txt`])
  refuses('reads other scripts', ownRoot, ['list', `${hostPaths.temporary}/scripts`])
  refuses('looks into /opt/left4me', ownRoot, ['list', '/opt/left4me', 'src'])
  refuses("reads the machine's id", ownRoot, ['read', '/etc/machine-id'])
  refuses('looks into /etc/sudoers.d', ownRoot, ['list', '/etc', 'sudoers.d'])
  refuses("looks into root's runtime folder", ownRoot, ['list', '/run/left4me', 'instances'])
  refuses('connects to D-Bus', ownRootAndSockets, ['connect-unix', '/run/dbus/system_bus_socket'])
  refuses('connects to any socket that lies in a folder', ownRootAndSockets, ['sockets', '/run'])
  refuses('writes to a place that is neither its overlay nor temporary', everything, [
    'writable-places',
    ...['/overlay', '/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue'],
  ])
  refuses('writes into the installation', everything, ['write', `${hostPaths.installation}/new.txt`, 'x'])
  refuses('starts a helper by sudo', everything, [
    'run',
    '/usr/bin/sudo',
    '--non-interactive',
    '/usr/local/libexec/left4me/left4me-systemctl',
    'show',
    'attacker',
  ])
  refuses('becomes root by a setuid program', everything, ['setuid-program', `${probeFolder}/setuid-id`])
  refuses('makes a user namespace', without('RestrictNamespaces'), ['unshare', '0x10000000'])
  refuses('makes a network namespace', without('RestrictNamespaces'), ['unshare', '0x50000000'])
  refuses('can get CAP_SYS_ADMIN', without('CapabilityBoundingSet'), ['capability', '21'])
  refuses('makes a file that runs as its owner for others', without('RestrictSUIDSGID'), [
    'setuid-file',
    '/overlay/setuid',
  ])
  refuses('calls ptrace', without('SystemCallFilter'), ['forbidden-call', 'ptrace'])
  refuses('opens a netlink socket', without('RestrictAddressFamilies'), ['socket', '16', '3', '0'])
  refuses('makes a ring, which gives sockets past the filter of families', noRings, [
    'forbidden-call',
    'io_uring_setup',
  ])
  guarded({
    attempt:
      'a script leaves its open overlay to a process that outlives it: that one writes into it afterwards',
    guard: noUnixSockets,
    bed: () => bed,
    probe: async () => {
      await bed.succeed(
        `systemctl stop probe-keeper 2>/dev/null || true
        rm -f ${script.draft}/late
        systemd-run --quiet --unit=probe-keeper --uid=left4me --collect python3 ${probeFolder}/keep-folder.py keep
        until grep --quiet @left4me-probe-keeper /proc/net/unix; do sleep 0.05; done`,
      )
      try {
        const { stdout } = await script.run(`exec python3 ${probeFolder}/keep-folder.py give /overlay\n`)
        if (stdout.trim() === 'refused') return 'refused'
        if (stdout.trim() !== 'given') throw new Error(`the probe broke: ${stdout}`)
        await bed.succeed(`until [ -e ${script.draft}/late ]; do sleep 0.05; done`)
        return 'succeeded'
      } finally {
        await bed.run('systemctl stop probe-keeper')
      }
    },
  })
  refuses(
    'runs a 32-bit program, which the filter of system calls would have to know too',
    without('SystemCallArchitectures'),
    ['run', '/usr/bin/luajit', `${probeFolder}/writable-code.lua`],
  )

  for (const [place, guard] of [
    [
      '/tmp',
      without(['TemporaryFileSystem', "'PrivateTmp=no'"], ['RootDirectory', scriptInHost], 'ProtectSystem'),
    ],
    ['/dev/shm', without('TemporaryFileSystem')],
    ['/dev/mqueue', without('PrivateIPC', 'PrivateDevices')],
  ] as const)
    guarded({
      attempt: `a script leaves a file for others in ${place}`,
      guard,
      bed: () => bed,
      probe: async () => {
        const path = `${place}/from-a-script`
        await bed.succeed(`rm -f ${path}`)
        expect(await script.attempt('create', path)).toMatchObject({ outcome: 'succeeded' })
        const { code } = await bed.run(`test -e ${path}`)
        return code === 0 ? 'succeeded' : 'refused'
      },
    })

  // By the firewall table; IPAddressDeny= has no effect in a container and is shown on the machine.
  for (const [what, address, port] of [
    ['the web application', '127.0.0.1', ports.web],
    ["a server's RCON", '127.0.0.1', ports.neighbour],
    ['the web application by an address of the host', hostAddress, ports.web],
    ["a server's RCON by an address of the host", hostAddress, ports.neighbour],
    ['a private network', privateAddress, ports.web],
    ["a server's RCON at ::1", '::1', ports.neighbour],
  ] as const)
    refuses(`connects to ${what}`, guardChain, ['connect', address, String(port)])

  it('leaves neither a device nor a folder of others where its overlay is', async () => {
    const { stdout } = await script.run(`
      mknod device c 1 3 2>/dev/null || echo no device
      ln -s ${hostPaths.root}/data/left4me.db link && cat link 2>/dev/null || echo no database
      ln /etc/passwd second 2>/dev/null || echo no second name
      mv /overlay /elsewhere 2>/dev/null || echo not moved
      mount --bind /tmp /overlay 2>/dev/null || echo not mounted
      mkfifo fifo && echo fifo
    `)
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'no device',
        'no database',
        'no second name',
        'not moved',
        'not mounted',
        'fifo',
      ]),
    )
    expect(await bed.succeed(`find ${script.draft} -type c -o -type b -o -user root`)).toBe('')
    await bed.succeed(`rm -rf ${script.draft}/*`)
  })

  it('can print without end to a caller that does not read: it waits, and takes no more memory', async () => {
    await bed.succeed(`
      mkdir -p ${hostPaths.overlays}/8/draft ${hostPaths.temporary}/scripts
      echo 'touch begun; exec yes "a line without end"' >${hostPaths.temporary}/scripts/endless
      chown -R left4me:left4me ${hostPaths.overlays}/8 ${hostPaths.temporary}/scripts
      rm -f ${hostPaths.overlays}/8/draft/begun`)
    const { stdout } = await bed.run(`
      call() { runuser --user left4me -- sudo --non-interactive /usr/local/libexec/left4me/left4me-script-sandbox "$@"; }
      # In kB, of everything that stands between the script and its caller.
      memory() { ps -C yes,systemd-run,cat,tini -o rss= | awk '{ sum += $1 } END { print sum + 0 }'; }
      mkfifo /run/unread
      exec 3<>/run/unread
      call 8 endless >/run/unread 2>&1 &
      until [ -e ${hostPaths.overlays}/8/draft/begun ]; do sleep 0.1; done
      # Until it has written what it could, and sleeps: proc_pid_io(5), proc_pid_status(5).
      waits() { grep --quiet '^State:.S' /proc/$1/status && grep '^wchar: [1-9]' /proc/$1/io; }
      until endless=$(pgrep --exact yes) && first=$(waits $endless) && sleep 1 && [ "$(waits $endless)" = "$first" ]; do sleep 0.1; done
      memory; sleep 3; memory
      systemctl is-active left4me-script-8.service
      call cancel 8 >&2
      systemctl is-active left4me-script-8.service
      pgrep --count --exact yes
      exec 3<&-
      rm /run/unread`)
    const [before, after, running, cancelled, left] = stdout.split('\n')
    expect(Number(before)).toBeGreaterThan(0)
    expect(Number(after) - Number(before)).toBeLessThan(1024)
    expect(running).toBe('active')
    // Failed until the helper, which still waits for its reader, has reported it.
    expect(cancelled).toMatch(/^(inactive|failed)$/)
    expect(left).toBe('0')
  })

  it('says in its report, and not in its output, how it ended', async () => {
    const { stdout, stderr } = await script.run(`echo '{"outcome":"succeeded"}' | tee /dev/stderr; exit 7\n`)
    expect(stdout).toBe('{"outcome":"succeeded"}\n{"outcome":"succeeded"}\n')
    expect(parseScriptReport(stderr)).toMatchObject({ outcome: 'failed', exitCode: 7 })
  })
})
