import { afterAll, beforeAll } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { guarded } from '../support/guarded.ts'
import { directive, wholeDropIn } from '../support/guards.ts'
import { attemptsOf } from '../support/probes/attempts-of.ts'
import { probeFolder } from '../support/probes/install-probes.ts'
import { type Scene, setScene } from '../support/probes/scene.ts'

const template = 'left4me-server@.service'
const hardening = wholeDropIn('50-hardening.conf', `/etc/systemd/system/${template}.d/50-hardening.conf`)
const filter = directive('SystemCallFilter=', template, 'SystemCallFilter=')

describeWith(['root'], 'what a server must not ask of the kernel and of root', () => {
  let bed: Container
  let scene: Scene
  const { refuses, permits } = attemptsOf(
    'a server',
    () => bed,
    async request => {
      await scene.refresh()
      return await scene.server.attempt(...request)
    },
  )

  beforeAll(async () => {
    bed = await openContainer()
    scene = await setScene(bed)
  })
  afterAll(async () => bed[Symbol.asyncDispose]())

  const ownRoot = directive('RootDirectory=', template, 'RootDirectory=')
  refuses('connects to D-Bus', ownRoot, ['connect-unix', '/run/dbus/system_bus_socket'])
  refuses("connects to systemd's socket", ownRoot, ['connect-unix', '/run/systemd/notify'])
  refuses("connects to systemd's user database", ownRoot, [
    'connect-unix',
    '/run/systemd/userdb/io.systemd.DynamicUser',
  ])
  refuses('starts a program by sudo', hardening, [
    'run',
    '/usr/bin/sudo',
    '--non-interactive',
    '/usr/local/libexec/left4me/left4me-systemctl',
    'show',
    'attacker',
  ])
  refuses('becomes root by a setuid program', hardening, ['setuid-program', `${probeFolder}/setuid-id`])

  for (const [what, flags] of [
    ['user', '0x10000000'],
    ['mount', '0x10020000'],
    ['network', '0x50000000'],
    ['process', '0x30000000'],
  ] as const)
    refuses(
      `makes a ${what} namespace of its own`,
      directive('RestrictNamespaces=yes', template, 'RestrictNamespaces=no'),
      ['unshare', flags],
    )
  for (const [name, number] of [
    ['CAP_SYS_ADMIN', '21'],
    ['CAP_DAC_OVERRIDE', '1'],
    ['CAP_NET_ADMIN', '12'],
    ['CAP_SYS_PTRACE', '19'],
  ] as const)
    refuses(`can get ${name}`, directive('CapabilityBoundingSet=', template, 'CapabilityBoundingSet=~'), [
      'capability',
      number,
    ])
  // Those that systemd-nspawn's own filter leaves to the container; bpf, keyctl and perf_event_open are the machine's.
  refuses('calls ptrace', filter, ['forbidden-call', 'ptrace'])
  refuses('calls fsconfig', filter, ['forbidden-call', 'fsconfig'])
  refuses('makes a ring, which gives sockets past the filter of families', filter, [
    'forbidden-call',
    'io_uring_setup',
  ])
  refuses('calls setresuid, be it for its own user', filter, ['become', '980'])
  refuses(
    'opens a netlink socket',
    directive('RestrictAddressFamilies=', template, 'RestrictAddressFamilies='),
    ['socket', '16', '3', '0'],
  )

  permits(
    'runs a 32-bit program that maps memory writable and executable',
    directive(
      'SystemCallArchitectures=native x86 in place of native',
      template,
      'SystemCallArchitectures=\nSystemCallArchitectures=native',
    ),
    ['run', '/usr/bin/luajit', `${probeFolder}/writable-code.lua`],
  )
  permits(
    'runs a 64-bit program that maps memory writable and executable',
    directive('MemoryDenyWriteExecute= left out', template, 'MemoryDenyWriteExecute=yes'),
    ['writable-code'],
  )

  guarded({
    attempt: "a server is more exposed than 1.3 by systemd-analyze's marks",
    guard: hardening,
    bed: () => bed,
    probe: async () => {
      await scene.refresh()
      const text = await bed.succeed(`systemd-analyze security --no-pager ${scene.server.unit}`)
      const mark = /Overall exposure level for \S+: (\d+\.\d+)/.exec(text)?.[1]
      if (mark === undefined) throw new Error(`no mark in:\n${text}`)
      return Number(mark) > 1.3 ? 'succeeded' : 'refused'
    },
  })
})
