import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { formatInstanceEnvironment, hostPaths } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { type Guard, guarded } from '../support/guarded.ts'
import { check, owner } from '../support/guards.ts'
import { probeFolder } from '../support/probes/install-probes.ts'
import { admitIntruder, type Intruder, rootsMarker } from '../support/probes/intruder.ts'
import { asServiceUser } from '../support/probes/vantage.ts'

const source = '/opt/left4me/src/packages/privileged/src'
const { root, instances, overlays, installation, runtime, temporary } = hostPaths
const merged = `${runtime}/intruder/merged`

const noLinks = check('O_NOFOLLOW in hostile-folder.ts', `${source}/hostile-files/hostile-folder.ts`, text =>
  text.replace('O_RDONLY | O_NOFOLLOW', 'O_RDONLY'),
)

describeWith(['root'], 'paths of the service user’s that root walks', () => {
  let bed: Container
  let intruder: Intruder

  beforeAll(async () => {
    bed = await openContainer()
    intruder = await admitIntruder(bed)
    await bed.succeed('/usr/local/libexec/left4me/left4me-overlay prepare intruder')
    // What lies behind the links that he plants: everything that root would need to find there.
    await bed.succeed(`
      mkdir -p /root/private/{instance,instance-file,scripts,overlay/draft,installation/1}
      cp ${installation}/srcds_run /root/private/installation/1/
      echo ${rootsMarker} | tee /root/private/installation/1/secret.txt >/root/private/overlay/draft/secret.txt
      echo 'echo ${rootsMarker}' >/root/private/scripts/private
      chown left4me /root/private/overlay/draft`)
  })
  afterEach(async () => {
    await intruder.rest()
    await bed.succeed(
      `rm -rf ${overlays}/9 ${installation}/revisions ${instances}/intruder ${temporary}/scripts`,
    )
  })
  afterAll(async () => bed[Symbol.asyncDispose]())

  const layers = (...lowerdirs: string[]) =>
    formatInstanceEnvironment({ port: 27_030, arguments: [], lowerdirs })
  const speaking = formatInstanceEnvironment({
    port: 27_030,
    arguments: ['+hostname', rootsMarker],
    lowerdirs: ['installation'],
  })

  /** A link, planted as `place`, that leads below /root, and the start of a server whose description goes by it. */
  const links: readonly { place: string; target: string; text?: string }[] = [
    { place: `${instances}/intruder`, target: '/root/private/instance' },
    { place: `${instances}/intruder/instance.env`, target: '/root/private/instance/instance.env' },
    {
      place: `${overlays}/9`,
      target: '/root/private/overlay',
      text: layers('overlays/9/revisions/1', 'installation'),
    },
    {
      place: `${overlays}/9/revisions`,
      target: '/root/private/overlay/revisions',
      text: layers('overlays/9/revisions/1', 'installation'),
    },
    {
      place: `${overlays}/9/revisions/1`,
      target: '/root/private/overlay/revisions/1',
      text: layers('overlays/9/revisions/1', 'installation'),
    },
    {
      place: `${installation}/revisions`,
      target: '/root/private/installation',
      text: layers('installation/revisions/1'),
    },
    {
      place: `${installation}/revisions/1`,
      target: '/root/private/installation/1',
      text: layers('installation/revisions/1'),
    },
  ]
  for (const { place, target, text } of links)
    guarded({
      attempt: `a link in place of ${place.slice(root.length + 1)} shows what root alone may read`,
      guard: noLinks,
      bed: () => bed,
      probe: async () => {
        await bed.succeed('cat >/root/private/instance/instance.env', { input: speaking })
        if (text !== undefined) await intruder.describe(text)
        await intruder.succeed(`mkdir -p $(dirname ${place}); rm -rf ${place}; ln -s ${target} ${place}`)
        const { code, stderr } = await intruder.helper('left4me-systemctl', 'start', intruder.instance)
        const outcome = await intruder.sees(rootsMarker, `${merged}/secret.txt`)
        if (outcome === 'refused') expect(code, stderr).toBe(1)
        expect(stderr).not.toContain(rootsMarker)
        return { outcome, detail: stderr }
      },
    })

  const drafts = [
    { place: `${overlays}/9`, target: '/root/private/overlay' },
    { place: `${overlays}/9/draft`, target: '/root/private/overlay/draft' },
    { place: `${temporary}/scripts`, target: '/root/private/scripts' },
    { place: `${temporary}/scripts/private`, target: '/root/private/scripts/private' },
  ]
  for (const { place, target } of drafts)
    guarded({
      attempt: `a link in place of ${place.slice(root.length + 1)} shows a script what root alone may read`,
      guard: noLinks,
      bed: () => bed,
      probe: async () => {
        await intruder.succeed(`
          mkdir -p ${overlays}/9/draft ${temporary}/scripts
          echo 'cat /overlay/secret.txt' >${temporary}/scripts/private
          rm -rf ${place}; ln -s ${target} ${place}`)
        const { stdout, stderr } = await intruder.helper('left4me-script-sandbox', '9', 'private')
        return {
          outcome: stdout.includes(rootsMarker) ? 'succeeded' : 'refused',
          detail: `${stdout}${stderr}`,
        }
      },
    })

  const ownParents: readonly (readonly [string, Guard])[] = [
    ...['instances', 'overlays', 'installation', 'runtime', 'tmp', 'app'].map(
      name => [`${root}/${name}`, owner(root, 'left4me')] as const,
    ),
    ...['upper', 'work', 'merged'].map(
      name => [`${runtime}/intruder/${name}`, owner(`${runtime}/intruder`, 'left4me')] as const,
    ),
    ['/run/left4me/instances', owner('/run/left4me', 'left4me')],
    ['/var/cache/left4me-helpers', owner('/var/cache', 'left4me')],
  ]
  for (const [path, guard] of ownParents)
    guarded({
      attempt: `the service user moves ${path} away, to put a link in its place`,
      guard,
      bed: () => bed,
      probe: async () => {
        const answer = await asServiceUser(bed).attempt('rename', path, `${path}.away`)
        if (answer.outcome === 'succeeded') await bed.succeed(`mv ${path}.away ${path}`)
        return answer
      },
    })

  /** Units, drop-ins, helpers, their sources and interpreter, caches, sudoers, environment files, all with their parents. */
  const trustedByRoot = async (): Promise<readonly string[]> => {
    const units = await bed.succeed(`
      for unit in $(systemctl list-unit-files --no-legend 'left4me-*' 'l4d2*' | cut -d ' ' -f 1 | sed 's/@\\./@intruder./'); do
        systemctl show --property=FragmentPath --property=DropInPaths --value $unit | tr ' ' '\\n'
        systemctl show --property=EnvironmentFiles --value $unit | sed 's/ (.*//'
      done | grep . | sort -u`)
    expect(units).toContain('/usr/local/lib/systemd/system/left4me-overlay@.service')
    expect(units).toContain('50-hardening.conf')
    return [
      ...units.split('\n').filter(path => !path.startsWith('/run/left4me/instances/')),
      ...[
        '/usr/local/libexec/left4me',
        '/usr/local/sbin',
        '/usr/local/lib/left4me',
        '/usr/local/lib/systemd',
      ],
      ...['/opt/left4me/src/deploy', '/opt/left4me/src/packages/privileged', '/opt/left4me/src/package.json'],
      ...['/var/cache/left4me-helpers', '/run/left4me', '/etc/left4me', runtime].filter(
        path => path !== runtime,
      ),
      ...[
        '/etc/sudoers',
        '/etc/sudoers.d',
        '/etc/sudo.conf',
        '/etc/pam.d',
        '/etc/systemd',
        '/run/systemd/system',
      ],
      ...['/etc/tmpfiles.d', '/etc/sysctl.d', '/etc/ld.so.conf.d', '/etc/cron.d', '/etc/profile.d'],
      ...[
        '/usr/bin/env',
        '/bin/sh',
        '/usr/bin/mount',
        '/usr/bin/systemctl',
        '/usr/bin/systemd-run',
        '/usr/bin/sudo',
      ],
    ]
  }
  const walk = async (): Promise<string> =>
    await bed.succeed(`perl ${probeFolder}/trusted.pl ${(await trustedByRoot()).join(' ')}`)

  it('of what root executes or believes, nobody but root can change anything, parents included', async () => {
    await intruder.describe(layers('installation'))
    await intruder.helper('left4me-systemctl', 'start', intruder.instance)
    expect(await walk()).toBe('')
  })

  for (const path of [
    '/opt/left4me',
    '/opt/left4me/src/packages/privileged/src/bin/overlay.ts',
    '/usr/local/lib/left4me/node/bin/node',
    '/usr/local/lib/systemd/system/left4me-overlay@.service',
    '/etc/systemd/system/left4me-server@.service.d',
    '/var/cache/left4me-helpers',
    '/run/left4me/instances',
    '/etc/left4me/web.env',
    '/etc/sudoers.d',
  ])
    it(`and the walk would find it if ${path} were the service user's`, async () => {
      const real = await bed.succeed(`realpath ${path}`)
      // The checkout is mounted read-only: an empty file of the service user's over it.
      await bed.succeed(`
        chown left4me ${real} 2>/dev/null || {
          : >/run/his
          chown left4me /run/his
          mount --bind /run/his ${real}
        }`)
      try {
        expect(await walk()).toContain(`${real} belongs to user 980`)
      } finally {
        await bed.succeed(`chown root ${real} 2>/dev/null || umount ${real}; rm -f /run/his`)
      }
    })
})
