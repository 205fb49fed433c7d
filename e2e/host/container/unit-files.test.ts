import { afterAll, beforeAll, expect, test } from 'vitest'
import { honestCalls, hostileCalls } from '../../../deploy/testing/sudo-arguments.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'

/** One word of a shell command, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

describeWith(['root'], 'files that root trusts, judged by the programs that read them', () => {
  let bed: Container
  beforeAll(async () => {
    bed = await openContainer()
    // What it writes would be among the folders that are looked at.
    await bed.succeed('systemctl stop left4me-disk-limit.timer left4me-disk-limit.service')
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())

  const units = '/usr/local/lib/systemd/system/{l4d2,left4me}*.*'

  test('systemd has no complaint about any unit', async () => {
    const { code, stdout, stderr } = await bed.run(`systemd-analyze verify ${units}`)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('systemd would complain about a directive that it does not know', async () => {
    await bed.write('/run/wrong/left4me-wrong.service', '[Service]\nExecStart=/bin/true\nPrivateBPFs=yes\n')
    const { stderr } = await bed.run('systemd-analyze verify /run/wrong/left4me-wrong.service')
    expect(stderr).toContain("Unknown key 'PrivateBPFs'")
  })

  // Tenths of a point. 12 is the floor for a public network, 32-bit programs, and code that writes itself.
  test.each([
    ['left4me-server@1.service', 13, 'SystemCallFilter='],
    ['left4me-web.service', 27, 'RestrictNamespaces=no'],
    ['left4me-disk-limit.service', 31, 'CapabilityBoundingSet=~'],
    ['left4me-log-wake.service', 13, 'SystemCallFilter='],
  ])('%s is exposed by no more than %d tenths, and by more with %s', async (unit, threshold, loosened) => {
    const security = `systemd-analyze security --no-pager --threshold=${threshold} ${unit}`
    const score = (text: string) => /exposure level for .*/.exec(text)?.[0]
    const tight = await bed.run(security)
    expect(tight.code, score(tight.stdout)).toBe(0)
    const folder = `/run/systemd/system/${unit.replace('@1', '@')}.d`
    await bed.write(`${folder}/zzz-loosened.conf`, `[Service]\n${loosened}\n`)
    await bed.succeed('systemctl daemon-reload')
    try {
      const loose = await bed.run(security)
      expect(loose.code, score(loose.stdout)).not.toBe(0)
    } finally {
      await bed.succeed(`rm -r ${folder}; systemctl daemon-reload`)
    }
  })

  test('sudo reads sudoers, and complains about one that it can not read', async () => {
    expect(await bed.succeed('visudo --check --file=/etc/sudoers.d/left4me')).toContain('parsed OK')
    await bed.write('/run/sudoers', 'left4me ALL = (root:root) NOPASSWD /bin/sh\n', 0o440)
    expect((await bed.run('visudo --check --file=/run/sudoers')).code).not.toBe(0)
  })

  test('sudo lets through what left4me calls, and nothing of what an attacker tries', async () => {
    const ask = async (calls: typeof honestCalls) => {
      const script = calls.map(([helper, ...words]) => {
        const command = [`/usr/local/libexec/left4me/${helper}`, ...words].map(quoted).join(' ')
        // Tells whether it may be run, without running it.
        return `if sudo --non-interactive --other-user=left4me --list ${command} >/dev/null 2>&1; then echo 0; else echo 1; fi`
      })
      return (await bed.succeed(script.join('\n'))).split('\n')
    }
    expect(await ask(honestCalls)).toEqual(honestCalls.map(() => '0'))
    const tricks: typeof hostileCalls = [
      ...hostileCalls,
      ['../../../bin/sh'],
      ['left4me-systemctl/../../../../../bin/systemctl', 'start', '1'],
    ]
    expect(await ask(tricks)).toEqual(tricks.map(() => '1'))
  })

  test('sudo grants the service user nothing besides', async () => {
    const listed = (await bed.succeed('sudo --other-user=left4me --list')).replaceAll(/\s+/g, ' ')
    const granted = listed.slice(listed.indexOf(' may run the following commands'))
    expect(granted.match(/\([^)]*: [^)]*\)[^:]*:/g)).toEqual(['(root : root) NOPASSWD:'])
    const programs = [...granted.matchAll(/(?:NOPASSWD:|,) (\/\S+)/g)].map(([, program]) => program)
    expect([...new Set(programs)]).toEqual(
      ['systemctl', 'journalctl', 'overlay', 'script-sandbox'].map(
        name => `/usr/local/libexec/left4me/left4me-${name}`,
      ),
    )
  })

  test('nft accepts the firewall table, and complains about one that it can not read', async () => {
    await bed.succeed('systemctl start l4d2-game.slice')
    const table = '/opt/left4me/src/deploy/files/nftables/left4me.nft'
    await bed.succeed(`nft --check --file ${table}`)
    expect((await bed.run(`sed s/goto/gone/ ${table} | nft --check --file -`)).code).not.toBe(0)
  })

  test('systemd-tmpfiles lays out the folders, root’s and the service’s', async () => {
    await bed.succeed(
      'rm -rf /run/left4me /var/cache/left4me-helpers /var/lib/left4me/* /var/lib/left4me/.steam',
    )
    await bed.succeed('systemd-tmpfiles --create /etc/tmpfiles.d/left4me.conf')
    const list =
      'find /run/left4me /var/cache/left4me-helpers /var/lib/left4me -maxdepth 1 -printf "%U %m %p\n" | sort -k3'
    expect((await bed.succeed(list)).split('\n')).toEqual([
      '0 755 /run/left4me',
      '0 755 /run/left4me/disk-limit',
      '0 755 /run/left4me/instances',
      '0 755 /run/left4me/server-root',
      '0 700 /var/cache/left4me-helpers',
      '0 755 /var/lib/left4me',
      '980 755 /var/lib/left4me/.steam',
      '0 755 /var/lib/left4me/app',
      '980 700 /var/lib/left4me/data',
      '980 755 /var/lib/left4me/installation',
      '980 750 /var/lib/left4me/instances',
      '980 755 /var/lib/left4me/overlays',
      '0 755 /var/lib/left4me/runtime',
      '980 755 /var/lib/left4me/steam',
      '980 750 /var/lib/left4me/tmp',
    ])
  })

  test('systemd-tmpfiles deletes at boot, and only then, what was being deleted when the host went down', async () => {
    const configuration = '/etc/tmpfiles.d/left4me.conf'
    const tmpfiles = async (words: string) =>
      await bed.succeed(`systemd-tmpfiles ${words} ${configuration}; ls -A /var/lib/left4me/runtime`)
    await bed.succeed(`cd /var/lib/left4me/runtime
      mkdir -p .deleting-1-aa/upper/folder .removing-2-bb/upper 3/upper; ln -s /etc .deleting-1-aa/upper/link`)
    expect(await tmpfiles('--create --remove')).toBe('.deleting-1-aa\n.removing-2-bb\n3')
    expect(await tmpfiles('--create --remove --boot')).toBe('.removing-2-bb\n3')
    await bed.succeed(`rm -r /var/lib/left4me/runtime/{.removing-2-bb,3}; test -e ${configuration}`)
  })

  test('nothing of the service user’s is above what root trusts', async () => {
    const trusted = await bed.succeed(
      `for path in ${units} /etc/systemd/system/{left4me,nftables,systemd-journald}*.d/*.conf /etc/systemd/journald@left4me.conf ` +
        '/etc/sudoers.d/left4me /etc/sysctl.d/99-left4me.conf /etc/tmpfiles.d/left4me.conf ' +
        '/usr/local/libexec/left4me/* /usr/local/sbin/left4me /usr/local/lib/left4me/node/bin/node; do ' +
        'p=$(realpath -e "$path"); while [ "$p" != / ]; do echo "$p"; p=$(dirname "$p"); done; done | sort -u',
    )
    const writable = await bed.succeed(
      'while read -r path; do setpriv --reuid=left4me --regid=left4me --init-groups test -w "$path" && echo "$path"; done; true',
      { input: `${trusted}\n` },
    )
    expect(writable).toBe('')
    expect(trusted.split('\n').length).toBeGreaterThan(30)
  })
})
