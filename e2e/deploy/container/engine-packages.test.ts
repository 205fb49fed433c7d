import { debianPackage, file, foreignArchitecture, group, type Item, user } from '@left4me/converge'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'
import { applyTo, notOk } from './engine-bed.ts'

describeWith(['root'], 'on a bare Debian', () => {
  let bed: DeployBed
  beforeAll(async () => {
    bed = await openDeployBed({ equipment: 'bare' })
    await bed.container.succeed('mkdir -p /srv/own')
  })
  afterAll(() => bed?.[Symbol.asyncDispose]())
  const apply = (items: readonly Item[], options = {}) => applyTo(bed.transport, items, options)
  const ownSource = file('/etc/apt/sources.list.d/own.list', {
    content: 'deb [trusted=yes] file:/srv/own ./\n',
    neededBy: ['package:'],
  })

  it('packages of two architectures come in one transaction, and nothing of it is done twice', async () => {
    const items = [
      foreignArchitecture('i386'),
      debianPackage('hello'),
      debianPackage('acl'),
      debianPackage('zlib1g:i386'),
    ]
    expect(notOk(await apply(items))).toEqual({
      'architecture:i386': 'fixed',
      'package:hello': 'fixed',
      'package:acl': 'fixed',
      'package:zlib1g:i386': 'fixed',
    })
    expect(await transactions()).toBe(1)
    expect(await bed.container.succeed('hello; dpkg --list zlib1g:i386 | tail -n 1')).toMatch(
      /^Hello, world!\nii {2}zlib1g:i386/,
    )
    expect(await apply(items)).toMatchObject({ exitCode: 0, exchanges: 1, counts: { fixed: 0 } })
  })

  it('a package that came for another one is marked as wanted, without asking the archive', async () => {
    await apply([debianPackage('hello')])
    await bed.container.succeed('apt-mark auto hello; rm -rf /var/lib/apt/lists')
    const before = await transactions()
    expect(notOk(await apply([debianPackage('hello')]))).toEqual({ 'package:hello': 'fixed' })
    expect(await bed.container.succeed('apt-mark showmanual hello; ls /var/lib/apt')).not.toContain('lists')
    expect(await transactions()).toBe(before)
  })

  it('one that is not to be there is removed, and stays so', async () => {
    await apply([debianPackage('hello')])
    expect(notOk(await apply([debianPackage('hello', { absent: true })]))).toEqual({
      'package:hello': 'fixed',
    })
    expect((await bed.container.run('hello')).code).toBe(127)
    expect(await apply([debianPackage('hello', { absent: true })])).toMatchObject({ counts: { fixed: 0 } })
  })

  it('one that is nowhere fails with what apt says', async () => {
    const report = await apply([debianPackage('nowhere-to-be-found'), debianPackage('so-is-this')])
    expect(report).toMatchObject({ exitCode: 1, counts: { failed: 2 } })
    expect(notOk(report)['package:nowhere-to-be-found']).toContain('Unable to locate package')
    expect(notOk(report)['package:so-is-this']).toContain('what apt said is with the first of them')
  })

  it('a source that this run adds is read before what comes from it', async () => {
    await publish('from-own', '')
    const items = [
      debianPackage('hello'),
      { ...ownSource, relations: { neededBy: ['package:from-own'], needs: ['package:hello'] } },
      debianPackage('from-own'),
    ]
    await apply([debianPackage('hello', { absent: true })])
    expect(notOk(await apply(items))).toMatchObject({ 'package:hello': 'fixed', 'package:from-own': 'fixed' })
  })

  it('an installation that was killed is finished', async () => {
    await publish(
      'breaks-once',
      '[ -e /srv/broken ] || { : >/srv/broken; kill -KILL $PPID; sleep infinity; }',
    )
    await bed.container.succeed(`echo 'deb [trusted=yes] file:/srv/own ./' >/etc/apt/sources.list.d/own.list
      apt-get --quiet=2 update`)
    expect((await bed.container.run('apt-get --yes install breaks-once')).code).not.toBe(0)
    await bed.container.succeed(`until pkill --full --exact 'sleep infinity'; do sleep 0.1; done`)
    // What apt says of it to a person.
    expect((await bed.container.run('apt-get --yes install breaks-once')).stderr).toContain(
      'dpkg was interrupted',
    )
    const items = [ownSource, debianPackage('breaks-once')]
    expect(notOk(await apply(items))).toEqual({ 'package:breaks-once': 'fixed' })
    expect(await bed.container.succeed('dpkg --audit')).toBe('')
  })

  it('another installation that is under way is waited for', async () => {
    await publish('slow', 'cat /srv/gate')
    await publish('quick', '')
    await bed.container.succeed(`mkfifo /srv/gate
      echo 'deb [trusted=yes] file:/srv/own ./' >/etc/apt/sources.list.d/own.list
      apt-get --quiet=2 update
      systemd-run --quiet --unit=slow --setenv=DEBIAN_FRONTEND=noninteractive apt-get --yes install slow`)
    await waitFor(
      'it is at its gate',
      async () => (await bed.container.run('pgrep --full "cat /srv/gate"')).code === 0,
    )
    const running = apply([ownSource, debianPackage('quick')])
    await waitFor(
      'it waits',
      async () => (await bed.container.run('pgrep --full "apt-get.* install -- quick"')).code === 0,
    )
    expect(
      (await bed.container.run('apt-get --yes -o DPkg::Lock::Timeout=0 install quick')).stderr,
    ).toContain('Could not get lock')
    await bed.container.succeed(': >/srv/gate')
    expect(notOk(await running)).toEqual({ 'package:quick': 'fixed' })
  })

  it('accounts have their numbers, and only what differs is changed, also while their programs run', async () => {
    const items = (shell: string) => [
      group('game', { gid: 980 }),
      user('game', { uid: 980, group: 'game', home: '/var/lib/game', shell }),
    ]
    expect(notOk(await apply(items('/usr/sbin/nologin')))).toEqual({
      'group:game': 'fixed',
      'user:game': 'fixed',
    })
    expect(await bed.container.succeed('getent passwd game; getent group game; passwd -S game')).toMatch(
      /^game:x:980:980::\/var\/lib\/game:\/usr\/sbin\/nologin\ngame:x:980:\ngame L /,
    )
    expect(await apply(items('/usr/sbin/nologin'))).toMatchObject({ counts: { fixed: 0 } })
    await bed.container.succeed('systemd-run --quiet --unit=game --uid=game sleep infinity')
    expect(notOk(await apply(items('/bin/sh')))).toEqual({ 'user:game': 'fixed' })
    expect(await bed.container.succeed('systemctl is-active game')).toBe('active')
  })

  it('a number that somebody else has is not taken from them', async () => {
    await bed.container.succeed('useradd --uid 4000 other')
    const report = await apply([user('late', { uid: 4000 })])
    expect(notOk(report)['user:late']).toContain('4000')
    expect(await bed.container.succeed('id -nu 4000')).toBe('other')
  })

  /** How often apt changed something, as it wrote down itself. */
  async function transactions(): Promise<number> {
    return Number(await bed.container.succeed('grep --count ^Start-Date /var/log/apt/history.log || true'))
  }

  /** A package in the bed's own archive, with a script that runs when it is configured. */
  async function publish(name: string, script: string): Promise<void> {
    await bed.container.write(`/srv/build/${name}/DEBIAN/postinst`, `#!/bin/sh\n${script}\n`, 0o755)
    await bed.container.write(
      `/srv/build/${name}/DEBIAN/control`,
      `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: bed <bed@localhost>\nDescription: of a test\n`,
    )
    await bed.container.succeed(`cd /srv/own
      dpkg-deb --build /srv/build/${name} ${name}.deb
      for package in *.deb; do
        dpkg-deb --field $package
        echo "Filename: ./$package"
        echo "Size: $(stat -c %s $package)"
        echo "SHA256: $(sha256sum <$package | cut -c1-64)"
        echo
      done >Packages`)
  }
})
