import { afterAll, beforeAll } from 'vitest'
import { hostPaths } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { type Guard, guarded } from '../support/guarded.ts'
import { all, check, directive, owner } from '../support/guards.ts'
import { attemptsOf } from '../support/probes/attempts-of.ts'
import { probeFolder } from '../support/probes/install-probes.ts'
import { type Scene, setScene } from '../support/probes/scene.ts'

const unit = 'left4me-web.service'
const helpers = '/usr/local/libexec/left4me'
const sudo = ['run', '/usr/bin/sudo', '--non-interactive'] as const

/** The folders that the web application is there to write, and those of root's that its helpers write for it. */
const writable = [
  ...['data', 'steam', '.steam', 'installation', 'overlays', 'instances', 'tmp', 'runtime'].map(
    name => `${hostPaths.root}/${name}`,
  ),
  ...['/var/cache/left4me', '/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue'],
  // Everybody's on a Debian; below /run its helpers have to write.
  '/run/lock',
]

const listedCommands = check('the list of commands in sudoers', '/etc/sudoers.d/left4me', text =>
  text.replace(/NOPASSWD: LEFT4ME_.*/, 'NOPASSWD: ALL'),
)
const strict = directive('ProtectSystem=strict', unit, 'ProtectSystem=no')

describeWith(['root'], 'what the web application must not reach', () => {
  let bed: Container
  let scene: Scene
  const { refuses, permits } = attemptsOf(
    'the web application',
    () => bed,
    async request => {
      await scene.web.refresh()
      return await scene.web.attempt(...request)
    },
  )

  beforeAll(async () => {
    bed = await openContainer()
    scene = await setScene(bed)
    await scene.refresh()
    await bed.succeed(`
      useradd --create-home alice
      chmod 755 /home/alice
      mkdir -p /srv/others
      echo secret-of-alice | tee /home/alice/diary.txt >/srv/others/diary.txt
      echo 'nothing' >${hostPaths.root}/app/build.txt`)
  })
  afterAll(async () => bed[Symbol.asyncDispose]())

  for (const folder of [`${hostPaths.root}/app`, hostPaths.root, '/etc/left4me', '/usr/local/lib/left4me'])
    refuses(`writes into ${folder}`, all([owner(folder, 'left4me'), strict]), [
      'write',
      `${folder}/new.txt`,
      'x',
    ])
  for (const folder of [hostPaths.runtime, '/var/cache/left4me-helpers'])
    refuses(`writes into ${folder}, which is writable for its helpers`, owner(folder, 'left4me'), [
      'write',
      `${folder}/new.txt`,
      'x',
    ])
  refuses(
    'writes to a place that is neither a service folder nor temporary',
    all([strict, owner('/etc/left4me', 'left4me')]),
    ['writable-places', ...writable],
  )
  refuses("reads files in others' homes", directive('ProtectHome=yes', unit, 'ProtectHome=no'), [
    'read',
    '/home/alice/diary.txt',
    'secret-of-alice',
  ])
  refuses("reads others' files below /srv", directive('InaccessiblePaths=/srv', unit, 'InaccessiblePaths='), [
    'read',
    '/srv/others/diary.txt',
    'secret-of-alice',
  ])
  refuses("sees others' processes", directive('ProtectProc=invisible', unit, 'ProtectProc=default'), [
    'see',
    'systemd-journald',
  ])
  refuses('makes a user namespace', directive('RestrictNamespaces=yes', unit, 'RestrictNamespaces=no'), [
    'unshare',
    '0x10000000',
  ])
  refuses(
    'makes a file that runs as its owner for others',
    directive('RestrictSUIDSGID=yes', unit, 'RestrictSUIDSGID=no'),
    ['setuid-file', `${hostPaths.temporary}/setuid`],
  )
  refuses('opens a netlink socket', directive('RestrictAddressFamilies=', unit, 'RestrictAddressFamilies='), [
    'socket',
    '16',
    '3',
    '0',
  ])
  refuses('calls ptrace', directive('SystemCallFilter=', unit, 'SystemCallFilter='), [
    'forbidden-call',
    'ptrace',
  ])

  permits('calls a helper by sudo', directive('NoNewPrivileges= left out', unit, 'NoNewPrivileges=yes'), [
    ...sudo,
    `${helpers}/left4me-systemctl`,
    'show',
    'attacker',
  ])
  permits(
    'has a runtime folder made by a helper',
    directive('ReadWritePaths=/var/lib/left4me/runtime', unit, 'ReadOnlyPaths=/var/lib/left4me/runtime'),
    async () => {
      await bed.succeed(`rm -rf ${hostPaths.runtime}/prepared-by-web`)
      return [...sudo, `${helpers}/left4me-overlay`, 'prepare', 'prepared-by-web']
    },
  )
  refuses('runs another program by sudo', listedCommands, [...sudo, '/usr/bin/id'])
  refuses('mounts by the helper that its units have for that', listedCommands, [
    ...sudo,
    `${helpers}/left4me-overlay`,
    'umount',
    'no-such-server',
  ])
  refuses('runs a shell by sudo', listedCommands, [...sudo, '/bin/sh', '-c', 'true'])

  /** What somebody could do who made a helper do his will: the walls are the unit's own. */
  const byHelper = (attempt: string, guard: Guard, command: readonly string[]): void =>
    guarded({
      attempt: `root, as a helper of the web application, ${attempt}`,
      guard,
      bed: () => bed,
      probe: async () => {
        await using _open = await listedCommands.off(bed)
        await scene.web.refresh()
        return await scene.web.attempt(...sudo, ...command)
      },
    })
  const unbounded = directive(
    'CapabilityBoundingSet=, SystemCallFilter= and RestrictNamespaces=',
    unit,
    'CapabilityBoundingSet=~\nSystemCallFilter=\nRestrictNamespaces=no',
  )
  byHelper('mounts', unbounded, ['/usr/bin/mount', '--types', 'tmpfs', 'tmpfs', '/tmp'])
  byHelper("enters the host's namespace", unbounded, [
    '/usr/bin/nsenter',
    '--target',
    '1',
    '--mount',
    '/usr/bin/true',
  ])
  byHelper('makes itself a namespace', unbounded, ['/usr/bin/unshare', '--mount', '/usr/bin/true'])
  byHelper('writes into /etc', strict, ['/usr/bin/touch', '/etc/new.txt'])
  byHelper('writes a unit', strict, ['/usr/bin/touch', '/usr/local/lib/systemd/system/new.service'])
  byHelper('makes a setuid file', directive('RestrictSUIDSGID=yes', unit, 'RestrictSUIDSGID=no'), [
    '/usr/bin/install',
    '--mode=4755',
    '/usr/bin/id',
    `${hostPaths.temporary}/root-id`,
  ])

  // A setuid program gives it root, as sudo must be able to; the one that is here is nobody's but the test's.
  permits(
    'becomes root by a setuid program of root’s, as sudo is one',
    directive('NoNewPrivileges= left out', unit, 'NoNewPrivileges=yes'),
    ['setuid-program', `${probeFolder}/setuid-id`],
  )
})
