import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { parseProblem } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { guarded } from '../support/guarded.ts'
import { check } from '../support/guards.ts'
import {
  bySudo,
  helperSource,
  helpers,
  instance,
  setHelperScene,
  writeInstance,
} from '../support/helper-scene.ts'

describeWith(['root'], 'the helpers for servers', () => {
  let bed: Container

  beforeAll(async () => {
    bed = await openContainer()
    // It would hold what is unmounted here.
    await bed.succeed('systemctl stop left4me-disk-limit.timer left4me-disk-limit.service')
    await setHelperScene(bed)
  })
  afterAll(async () => bed[Symbol.asyncDispose]())
  beforeEach(async () => writeInstance(bed))
  afterEach(async () => {
    await bed.succeed(
      `systemctl kill --signal=KILL 'left4me-server@*' 2>/dev/null || true
      systemctl stop 'left4me-server@*' 'left4me-overlay@*'
      systemctl reset-failed 'left4me-*' 2>/dev/null || true
      ${helpers}/left4me-overlay remove 1`,
    )
    await setHelperScene(bed)
  })

  const call = async (command: string) => {
    const finished = await bySudo(bed, command)
    expect(finished, command).toEqual({ code: 0, stdout: expect.any(String), stderr: '' })
    return finished.stdout
  }
  const states = async () =>
    await bed.succeed('systemctl is-active left4me-server@1 left4me-overlay@1 || true')
  const mountId = async () =>
    await bed.succeed('awk \'$5 == "/var/lib/left4me/runtime/1/merged" {print $1}\' /proc/self/mountinfo')
  const problem = async () => parseProblem(await bed.succeed('cat /run/left4me/instances/1.problem'))

  it('start, show, restart and stop a server as the web application', async () => {
    await call('left4me-systemctl start 1')
    expect(await states()).toBe('active\nactive')
    const shown = await call('left4me-systemctl show 1')
    expect(shown).toMatch(/^Id=left4me-server@1\.service$/m)
    expect(shown).toMatch(/^Id=left4me-overlay@1\.service$/m)
    const pid = /^MainPID=([1-9]\d*)$/m.exec(shown)?.[1]
    expect(pid).toBeDefined()
    await call('left4me-systemctl start 1')
    expect(await call('left4me-systemctl show 1')).toContain(`MainPID=${pid}\n`)
    await call('left4me-systemctl restart 1')
    expect(await call('left4me-systemctl show 1')).not.toContain(`MainPID=${pid}\n`)
    await call('left4me-systemctl stop 1')
    expect([await states(), await mountId()]).toEqual(['inactive\ninactive', ''])
    await call('left4me-systemctl stop 1')
  })

  it('let systemd read what root wrote, for root alone to read', async () => {
    await call('left4me-systemctl start 1')
    expect(await bed.succeed('cd /run/left4me/instances; stat -c "%U %a %n" 1.env 1.layers; cat 1.env')).toBe(
      [
        'root 600 1.env',
        'root 644 1.layers',
        'L4D2_PORT=27015',
        'L4D2_CLIENT_PORT=28015',
        'L4D2_TV_PORT=29015',
        'L4D2_STEAM_PORT=30015',
        'L4D2_ARGS="+map c1m1_hotel"',
      ].join('\n'),
    )
  })

  it('allow a server its own ports and, after a change, no longer the former ones', async () => {
    const allowed = async () =>
      (await bed.succeed('systemctl show --property=SocketBindAllow --value left4me-server@1'))
        .split(/\s+/)
        .filter(item => item !== '')
        .sort()
    await call('left4me-systemctl start 1')
    expect(await allowed()).toEqual(['tcp27015', 'udp27015', 'udp28015', 'udp29015', 'udp30015'])
    await writeInstance(bed, instance().replace('27015', '27099'))
    await call('left4me-systemctl restart 1')
    expect(await allowed()).toEqual(['tcp27099', 'udp27099', 'udp28099', 'udp29099', 'udp30099'])
  })

  it('keep a mount that is as wanted, and replace it when the layers are others', async () => {
    await bed.succeed(`${helpers}/left4me-overlay mount 1`)
    const before = await mountId()
    expect(before).not.toBe('')
    await bed.succeed(`${helpers}/left4me-overlay mount 1`)
    expect(await mountId()).toBe(before)
    await writeInstance(bed, instance(['installation']))
    await bed.succeed(`${helpers}/left4me-overlay mount 1`)
    expect(await mountId()).not.toBe(before)
    expect(await bed.succeed('ls /var/lib/left4me/runtime/1/merged')).toBe('left4dead2\nsrcds_run')
    await bed.succeed(`${helpers}/left4me-overlay umount 1; ${helpers}/left4me-overlay umount 1`)
    expect(await mountId()).toBe('')
    expect(await bed.succeed('ls -A /var/lib/left4me/runtime/1/work /run/left4me/instances')).not.toContain(
      '1.',
    )
  })

  it.each([
    ['missing', 'rm installation/srcds_run', 'srcds_run is missing'],
    ['a link', 'ln -sf /bin/sh installation/srcds_run', 'not a plain file'],
    ['not executable', 'chmod 644 installation/srcds_run', 'not a plain file that may be executed'],
    ['a folder', 'rm installation/srcds_run; mkdir installation/srcds_run', 'not a plain file'],
    ['hidden by an overlay', 'mkfifo overlays/7/revisions/3/srcds_run', 'not a plain file'],
  ])('refuse a server whose program is %s, and leave nothing mounted', async (_, change, message) => {
    await bed.succeed(`cd /var/lib/left4me\n${change}`, { user: 'left4me' })
    const finished = await bySudo(bed, 'left4me-systemctl start 1')
    expect(finished).toMatchObject({ code: 1, stderr: expect.stringContaining(message) })
    expect(await problem()).toMatchObject({ code: 'program-missing' })
    expect(await mountId()).toBe('')
    await bed.succeed('cd /var/lib/left4me; rm -rf installation/srcds_run overlays/7/revisions/3/srcds_run')
    await setHelperScene(bed)
    await call('left4me-systemctl start 1')
    expect(await bed.succeed('ls /run/left4me/instances')).not.toContain('problem')
  })

  it('forget a failure when a person takes note of it', async () => {
    await bed.succeed('rm /var/lib/left4me/instances/1/instance.env')
    expect(await bySudo(bed, 'left4me-systemctl start 1')).toMatchObject({ code: 1 })
    expect(await states()).toBe('inactive\nfailed')
    await call('left4me-systemctl reset-failed 1')
    expect(await states()).toBe('inactive\ninactive')
    expect(await bed.succeed('ls /run/left4me/instances')).toBe('')
    await call('left4me-systemctl reset-failed 1')
  })

  it('start a server again that came to the limit of its starts', async () => {
    const unit = '/run/systemd/system/left4me-server@.service.d/zz-limit.conf'
    await bed.write(unit, '[Unit]\nStartLimitBurst=2\n[Service]\nRestartSec=100ms\nRestartSteps=0\n')
    await bed.succeed(
      `systemctl daemon-reload
      cd /var/lib/left4me/installation; printf '#!/bin/sh\\nexit 1\\n' >srcds_run`,
    )
    await bySudo(bed, 'left4me-systemctl start 1')
    await bed.succeed('until [ "$(systemctl is-active left4me-server@1)" = failed ]; do sleep 0.05; done')
    // So it is: systemd itself refuses.
    expect(await bed.run('systemctl start left4me-server@1')).toMatchObject({ code: 1 })
    await setHelperScene(bed)
    await call('left4me-systemctl start 1')
    expect(await states()).toBe('active\nactive')
    await bed.succeed(`rm ${unit}; systemctl daemon-reload`)
  })

  it.each([
    ['terminate', 'trap "" INT; trap "exit 0" TERM'],
    ['kill', 'trap "" INT TERM'],
  ])('end by %s a server that does not hear SIGINT, while its stop waits', async (verb, traps) => {
    await bed.succeed(
      `cd /var/lib/left4me/installation
      printf '%s\\n' '#!/bin/sh' '${traps}' 'touch trapped' 'while :; do sleep 0.1; done' >srcds_run`,
      { user: 'left4me' },
    )
    await call('left4me-systemctl start 1')
    await bed.succeed('until [ -e /var/lib/left4me/runtime/1/merged/trapped ]; do sleep 0.05; done')
    const stopping = bySudo(bed, 'left4me-systemctl stop 1')
    await bed.succeed(
      'until [ "$(systemctl is-active left4me-server@1)" = deactivating ]; do sleep 0.05; done',
    )
    await call(`left4me-systemctl ${verb} 1`)
    expect(await stopping).toMatchObject({ code: 0 })
    expect([await states(), await mountId()]).toEqual(['inactive\ninactive', ''])
  })

  it('start a server at boot or not, without touching it now', async () => {
    const wanted = '/etc/systemd/system/multi-user.target.wants/left4me-server@1.service'
    await call('left4me-systemctl enable 1')
    await call('left4me-systemctl enable 1')
    expect(await bed.succeed(`readlink ${wanted}`)).toBe(
      '/usr/local/lib/systemd/system/left4me-server@.service',
    )
    expect(await states()).toBe('inactive\ninactive')
    await call('left4me-systemctl disable 1')
    await call('left4me-systemctl disable 1')
    expect(await bed.succeed(`test ! -e ${wanted}; ls /usr/local/lib/systemd/system`)).toContain(
      'left4me-server@.service',
    )
  })

  it('make folders before the first start and delete them after the last', async () => {
    await call('left4me-overlay prepare 1')
    expect(await bed.succeed('cd /var/lib/left4me/runtime/1; stat -c "%U %a %n" . *')).toBe(
      'root 755 .\nroot 755 merged\nleft4me 755 upper\nroot 700 work',
    )
    await call('left4me-systemctl start 1')
    await call('left4me-systemctl stop 1')
    await call('left4me-overlay remove 1')
    expect(
      await bed.succeed(
        'ls /var/lib/left4me/runtime; ls -A /run/left4me/instances /run/systemd/system.control',
      ),
    ).toBe('/run/left4me/instances:\n\n/run/systemd/system.control:')
    await call('left4me-overlay remove 1')
  })

  it('delete what a server left without following its links', async () => {
    await call('left4me-overlay prepare 1')
    await bed.succeed(
      `cd /var/lib/left4me/runtime/1/upper
      ln -s /etc/left4me etc; ln -s /var/lib/left4me/installation installation; mkdir -p a/b; ln -s ../../../../../data a/b/data`,
      { user: 'left4me' },
    )
    await call('left4me-overlay remove 1')
    await bed.succeed(
      'cd /var/lib/left4me; test -d data; test -x installation/srcds_run; test -f /etc/left4me/web.env',
    )
  })

  it('mount nothing over a foreign mount, nor a second time on the same upper', async () => {
    await call('left4me-overlay prepare 1')
    const merged = '/var/lib/left4me/runtime/1/merged'
    await bed.succeed(`mount -t tmpfs foreign ${merged}`)
    expect(await bySudo(bed, 'left4me-systemctl start 1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${merged} is a mount (tmpfs) that left4me didn't make`),
    })
    await bed.succeed(`umount ${merged}; mkdir -p /mnt/second /var/lib/left4me/second-work
      mount -t overlay -o lowerdir=/var/lib/left4me/installation,upperdir=/var/lib/left4me/runtime/1/upper,workdir=/var/lib/left4me/second-work second /mnt/second`)
    expect(await bySudo(bed, 'left4me-systemctl start 1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("/mnt/second is a mount (overlay) that left4me didn't make"),
    })
    await bed.succeed('umount /mnt/second; rm -r /var/lib/left4me/second-work')
    await call('left4me-systemctl start 1')
  })

  it('say that the disk is full when it is', async () => {
    await bed.succeed(`mount -t tmpfs -o nr_inodes=2 small /var/lib/left4me/runtime
      chmod 755 /var/lib/left4me/runtime`)
    expect(await bySudo(bed, 'left4me-systemctl start 1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Free space'),
    })
    expect(await problem()).toMatchObject({ code: 'disk-full' })
    await bed.succeed('umount /var/lib/left4me/runtime')
    await call('left4me-systemctl start 1')
  })

  it('print the console as JSON, the last lines or those after a cursor', async () => {
    await bed.succeed(
      `cd /var/lib/left4me/installation
      printf '%s\\n' '#!/bin/sh' 'trap "exit 0" INT TERM' 'seq 5' 'while :; do sleep 0.1; done' >srcds_run`,
      { user: 'left4me' },
    )
    await call('left4me-systemctl start 1')
    const entries = async (more: string) =>
      (await call(`left4me-journalctl 1 ${more}`))
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line) as { MESSAGE: string; __CURSOR: string })
    await expect.poll(async () => (await entries('--lines 1 --no-follow')).at(-1)?.MESSAGE).toBe('5')
    const all = await entries('--lines 4 --no-follow')
    expect(all.map(({ MESSAGE }) => MESSAGE)).toEqual(['2', '3', '4', '5'])
    const after = await entries(`--lines 2 --after-cursor '${all[0]?.__CURSOR}' --no-follow`)
    expect(after.map(({ MESSAGE }) => MESSAGE)).toEqual(['3', '4'])
  })

  it('leave no process of their own beside a follower of the console', async () => {
    await call('left4me-systemctl start 1')
    // One process from the caller to the journal: sudo, the shell, env and Node have each become the next.
    const seen = await bed.succeed(
      `setpriv --reuid=left4me --regid=left4me --clear-groups sudo -n ${helpers}/left4me-journalctl 1 --lines 0 --follow &
      follower=$!
      trap 'kill $follower' EXIT
      until [ "$(cat /proc/$follower/comm)" = journalctl ]; do sleep 0.05; done
      cat /proc/$follower/task/*/children
      ls /proc/$follower/task | wc -l`,
    )
    expect(seen.trim()).toBe('1')
  })

  guarded({
    attempt: 'the web application deletes the files of a server that runs',
    guard: check('the checks for a rest in remove', `${helperSource}/overlay/remove.ts`, text =>
      text.replaceAll(/^ +(requireRest\(name\)|requireNoMount\(places, .*\))$/gm, ''),
    ),
    bed: () => bed,
    probe: async () => {
      await call('left4me-systemctl start 1')
      await bed.succeed('echo mine >/var/lib/left4me/runtime/1/merged/mine.txt', { user: 'left4me' })
      const { code, stderr } = await bySudo(bed, 'left4me-overlay remove 1')
      const { code: gone } = await bed.run('test ! -e /var/lib/left4me/runtime/1/upper/mine.txt')
      if (code === 1 && stderr.includes('runs or is still mounted') && gone !== 0) return 'refused'
      // What is left of the mount by then has another name.
      await bed.run(`systemctl stop left4me-server@1
        umount /var/lib/left4me/runtime/.deleting-*/merged; rm -rf /var/lib/left4me/runtime/.deleting-*`)
      return gone === 0 ? 'succeeded' : Promise.reject(new Error(stderr))
    },
  })

  guarded({
    attempt: 'a restart of the web application leaves for good what it was deleting',
    guard: check('the unit of its own', `${helperSource}/overlay/remove.ts`, text =>
      text.replace(/programs\.systemdRun, \[[\s\S]*?programs\.rm,/, 'programs.rm, [...['),
    ),
    bed: () => bed,
    probe: async () => {
      await call('left4me-overlay prepare 1')
      await bed.succeed('cd /var/lib/left4me/runtime/1/upper; seq 100 | xargs touch', { user: 'left4me' })
      // In the place of rm(1): it says that it was started, and begins when it may.
      await bed.write(
        '/usr/local/share/slow-rm',
        '#!/bin/sh\n: >/run/deleting\nwhile [ ! -e /run/may-delete ]; do sleep 0.05; done\nexec /usr/local/share/rm "$@"\n',
        0o755,
      )
      const left = await bed.succeed(
        `cp --no-clobber /usr/bin/rm /usr/local/share/rm
        rm -f /run/deleting /run/may-delete
        mount --bind /usr/local/share/slow-rm /usr/bin/rm
        trap 'touch /run/may-delete; umount /usr/bin/rm' EXIT
        systemd-run --quiet --unit=caller --uid=left4me sudo -n ${helpers}/left4me-overlay remove 1
        cd /var/lib/left4me/runtime
        until [ -e /run/deleting ]; do sleep 0.05; done
        kill -KILL $(</sys/fs/cgroup/system.slice/caller.service/cgroup.procs)
        touch /run/may-delete
        while pgrep --full '/rm -rf .*/[.]deleting-1-' >/dev/null; do sleep 0.05; done
        ls -d .deleting-* || true
        /usr/local/share/rm -rf .deleting-*; systemctl reset-failed caller.service`,
      )
      return left === '' ? 'refused' : 'succeeded'
    },
  })
})
