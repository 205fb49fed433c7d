import { afterAll, beforeAll, expect } from 'vitest'
import { hostPaths } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { guarded } from '../support/guarded.ts'
import { directive, wholeDropIn } from '../support/guards.ts'
import { attemptsOf } from '../support/probes/attempts-of.ts'
import { type Scene, secrets, setScene } from '../support/probes/scene.ts'

const template = 'left4me-server@.service'
const hardening = wholeDropIn('50-hardening.conf', `/etc/systemd/system/${template}.d/50-hardening.conf`)
const ownRoot = directive('RootDirectory=', template, 'RootDirectory=')
/** What lies below /var needs both away. */
const ownRootAndVar = directive(
  'RootDirectory= and TemporaryFileSystem=/var',
  template,
  'RootDirectory=\nTemporaryFileSystem=',
)
const ownRootReadOnly = directive(
  'RootDirectory=, TemporaryFileSystem=/var and ProtectSystem=strict',
  template,
  'RootDirectory=\nTemporaryFileSystem=\nProtectSystem=no',
)

describeWith(['root'], 'files that a server must not reach', () => {
  let bed: Container
  let scene: Scene
  const { refuses } = attemptsOf(
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

  refuses('reads the database', ownRootAndVar, [
    'read',
    `${hostPaths.root}/data/left4me.db`,
    secrets.database,
  ])
  refuses("reads the web application's settings", ownRoot, ['read', '/etc/left4me/web.env', secrets.web])
  refuses("reads a neighbour's upper", ownRootAndVar, () =>
    Promise.resolve(['read', `${scene.neighbour.upper}/secret.txt`, secrets.neighbour]),
  )
  refuses("reads a neighbour's merged layers", ownRootAndVar, () =>
    Promise.resolve(['read', `${scene.neighbour.merged}/secret.txt`, secrets.neighbour]),
  )
  refuses("reads a neighbour's instance.env", ownRootAndVar, () =>
    Promise.resolve(['read', `${hostPaths.instances}/${scene.neighbour.name}/instance.env`, 'L4D2_PORT']),
  )
  refuses('looks into /opt/left4me', ownRoot, ['list', '/opt/left4me', 'src'])
  refuses("looks into root's runtime folder", ownRoot, ['list', '/run/left4me', 'instances'])
  refuses(
    "looks into the helpers' folder",
    directive(
      'RootDirectory= and TemporaryFileSystem=/usr/local',
      template,
      'RootDirectory=\nTemporaryFileSystem=',
    ),
    ['list', '/usr/local/libexec/left4me', 'left4me-overlay'],
  )
  refuses('writes into the installation', ownRootReadOnly, [
    'write',
    `${hostPaths.installation}/new.txt`,
    'x',
  ])
  refuses('writes into an overlay', ownRootReadOnly, [
    'write',
    `${hostPaths.overlays}/1/revisions/1/layer.txt`,
    'x',
  ])
  refuses('writes into its own instance.env', ownRootReadOnly, () =>
    Promise.resolve(['write', `${hostPaths.instances}/${scene.server.name}/instance.env`, 'x']),
  )
  refuses('writes to a place that is neither its layers nor temporary', hardening, () =>
    Promise.resolve(['writable-places', scene.server.merged, '/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue']),
  )
  refuses(
    'makes a file that runs as its owner for others',
    directive('RestrictSUIDSGID=yes', template, 'RestrictSUIDSGID=no'),
    () => Promise.resolve(['setuid-file', `${scene.server.merged}/setuid`]),
  )

  for (const [place, guard] of [
    [
      '/tmp',
      directive('PrivateTmp=disconnected', template, 'PrivateTmp=no\nRootDirectory=\nProtectSystem=no'),
    ],
    [
      '/var/tmp',
      directive(
        'PrivateTmp=disconnected',
        template,
        'PrivateTmp=no\nRootDirectory=\nTemporaryFileSystem=\nProtectSystem=no',
      ),
    ],
    ['/dev/shm', directive('TemporaryFileSystem=/dev/shm', template, 'TemporaryFileSystem=')],
    ['/dev/mqueue', directive('PrivateIPC=yes', template, 'PrivateIPC=no\nPrivateDevices=no')],
  ] as const)
    guarded({
      attempt: `a server leaves a file for others in ${place}`,
      guard,
      bed: () => bed,
      probe: async () => {
        const path = `${place}/from-a-server`
        await bed.succeed(`rm -f ${path}`)
        await scene.refresh()
        expect(await scene.server.attempt('create', path)).toMatchObject({ outcome: 'succeeded' })
        const { code } = await bed.run(`test -e ${path}`)
        return code === 0 ? 'succeeded' : 'refused'
      },
    })

  for (const [layer, name] of [
    ['installation', 'shared.txt'],
    ['overlays/1/revisions/1', 'layer.txt'],
  ] as const)
    guarded({
      attempt: `a server changes ${layer} by writing through its merged layers`,
      guard: directive(
        'the overlay mount, whose upper takes the copy',
        'left4me-overlay@.service',
        `ExecStartPost=/bin/sh -c 'umount ${hostPaths.runtime}/%i/merged && mount --bind ${hostPaths.root}/${layer} ${hostPaths.runtime}/%i/merged && cp -a --update=none ${hostPaths.installation}/. ${hostPaths.runtime}/%i/merged'
ExecStop=
ExecStop=umount ${hostPaths.runtime}/%i/merged`,
      ),
      bed: () => bed,
      probe: async () => {
        const path = `${hostPaths.root}/${layer}/${name}`
        const before = await bed.succeed(`cat ${path}`)
        await scene.refresh()
        const answer = await scene.server.attempt(
          'write',
          `${scene.server.merged}/${name}`,
          'by the server\n',
        )
        expect(answer).toMatchObject({ outcome: 'succeeded' })
        const after = await bed.succeed(`cat ${path}`)
        // Before ExecStop= changes back.
        await bed.succeed(`systemctl stop ${scene.server.unit} left4me-overlay@${scene.server.name}.service`)
        if (after !== before) return 'succeeded'
        expect(await bed.succeed(`cat ${scene.server.upper}/${name}`)).toContain('by the server')
        return 'refused'
      },
    })
})
