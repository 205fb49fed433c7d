import { afterAll, beforeAll, expect, test } from 'vitest'
import { apply, type Report, verify } from '../../../packages/converge/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'
import { differing, hostPart, needsApplication } from '../support/host-part.ts'

const options = { skip: needsApplication }

/** A host as an earlier left4me has it: its own layout, owners and units, with a server that runs. */
const earlierHost = `
  groupadd --system --gid 980 left4me
  useradd --system --uid 980 --gid left4me --home-dir /var/lib/left4me --no-create-home --shell /usr/sbin/nologin left4me
  install -d -o left4me -g left4me /var/lib/left4me /var/lib/left4me/{steam,runtime,runtime/7,runtime/7/{upper,work,merged}}
  install -d -m 0755 /opt/left4me/src /usr/local/lib/systemd/system /etc/left4me
  echo 'an earlier checkout' >/opt/left4me/src/README
  echo '#!/bin/sh' >/var/lib/left4me/steam/steamcmd.sh
  chmod +x /var/lib/left4me/steam/steamcmd.sh
  chown left4me: /var/lib/left4me/steam/steamcmd.sh
  sqlite3 /var/lib/left4me/left4me.db 'PRAGMA journal_mode = wal; CREATE TABLE t (x); INSERT INTO t VALUES (7)'
  chown left4me: /var/lib/left4me/left4me.db*
  echo 'FILES_LIMIT=1000' >/etc/left4me/limits.env
  printf '%s\\n' '[Service]' 'User=left4me' 'ExecStart=/usr/bin/sleep infinity' >/usr/local/lib/systemd/system/left4me-server@.service
  systemctl daemon-reload
  systemctl start left4me-server@7
  nft 'table inet operator { chain own { counter; }; }'`

const serverPid = 'systemctl show --property=MainPID --value left4me-server@7'

describeWith(['root'], 'a host that an earlier left4me ran on', () => {
  let bed: DeployBed
  let pid: string
  let first: Report

  beforeAll(async () => {
    bed = await openDeployBed()
    await bed.container.succeed(earlierHost)
    pid = await bed.container.succeed(serverPid)
    first = await apply(hostPart(bed), bed.transport, options)
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })
  const succeed = (script: string) => bed.container.succeed(script)

  test('is made ours in one run, and the next one changes nothing', async () => {
    expect(first).toMatchObject({ exitCode: 0, counts: { failed: 0 } })
    expect(await apply(hostPart(bed), bed.transport, options)).toMatchObject({
      exitCode: 0,
      counts: { fixed: 0, failed: 0 },
    })
  })

  test('keeps its running servers, its database, its installer, its limits and foreign tables', async () => {
    expect(Number(pid)).toBeGreaterThan(0)
    expect(await succeed(serverPid)).toBe(pid)
    expect(await succeed(`sqlite3 /var/lib/left4me/data/left4me.db 'SELECT x FROM t'`)).toBe('7')
    expect(await succeed('stat -c "%U %a" /var/lib/left4me/data/left4me.db; ls /var/lib/left4me')).toMatch(
      /^left4me 600\n(?!.*left4me\.db)/s,
    )
    expect(await succeed('cat /var/lib/left4me/steam/steamcmd.sh')).toBe('#!/bin/sh')
    expect(await succeed('cat /etc/left4me/limits.env')).toBe('FILES_LIMIT=1000')
    expect(await succeed('nft list table inet operator')).toContain('counter')
  })

  test('would have lost its servers had they not been adopted: systemd stops what its unit is bound to', async () => {
    const alone = '/run/systemd/system/left4me-server@8.service'
    await succeed(`
      printf '%s\\n' '[Service]' 'User=left4me' 'ExecStart=/usr/bin/sleep infinity' >${alone}
      systemctl daemon-reload
      systemctl start left4me-server@8
      rm ${alone}
      systemctl daemon-reload
      timeout 300 sh -c 'while systemctl is-active left4me-server@8; do sleep 0.1; done'`)
    expect(await bed.container.run('systemctl is-active left4me-server@8')).not.toMatchObject({ code: 0 })
    expect(await succeed(serverPid)).toBe(pid)
  })

  test('leaves the service nothing that root’s programs rely on', async () => {
    const owners = await succeed(
      `cd /var/lib/left4me && stat -c '%U:%a %n' . app runtime runtime/7 runtime/7/work runtime/7/upper data`,
    )
    expect(owners.split('\n')).toEqual([
      'root:755 .',
      'root:755 app',
      'root:755 runtime',
      'root:755 runtime/7',
      'root:755 runtime/7/work',
      'left4me:755 runtime/7/upper',
      'left4me:700 data',
    ])
    expect(await succeed(`stat -c '%U:%G %a' /etc/left4me/web.env /etc/left4me/host.env`)).toBe(
      'root:left4me 640\nroot:left4me 640',
    )
  })

  test('has folders of servers that root’s helper takes, which it didn’t before', async () => {
    const prepare = '/usr/local/libexec/left4me/left4me-overlay prepare 7'
    expect(await bed.container.run(prepare)).toMatchObject({ code: 0 })
    await succeed('chown left4me: /var/lib/left4me/runtime/7')
    expect(await bed.container.run(prepare)).not.toMatchObject({ code: 0 })
    await succeed('chown root: /var/lib/left4me/runtime/7')
  })

  test('tells each thing that was changed by hand, and mends those alone', async () => {
    await succeed(`
      chmod 0666 /etc/left4me/web.env
      echo 'FORGED=1' >>/etc/left4me/host.env
      chown left4me: /var/lib/left4me/runtime/7
      rm -r /run/left4me
      nft insert rule inet left4me guard accept
      rm /etc/systemd/system/left4me-server@.service.d/50-hardening.conf
      sed -i 's/^MemoryMax=.*/MemoryMax=infinity/' /usr/local/lib/systemd/system/l4d2.slice.d/99-left4me-memory.conf
      echo 'Nice=-19' >>/usr/local/lib/systemd/system/left4me-disk-limit.service
      systemctl disable --now left4me-disk-limit.timer
      systemctl daemon-reload`)
    const changed = [
      'action:firewall-as-written',
      'action:runtime-of-root',
      'action:temporary-folders',
      'action:units-loaded',
      'drop-in:l4d2.slice/99-left4me-memory',
      'file:/etc/left4me/host.env',
      'file:/etc/left4me/web.env',
      'service:left4me-disk-limit.timer',
      'symlink:/etc/systemd/system/left4me-server@.service.d/50-hardening.conf',
      'unit:left4me-disk-limit.service',
    ]
    const drift = await verify(hostPart(bed), bed.transport, options)
    expect(drift.exitCode).toBe(3)
    expect(differing(drift)).toEqual(expect.arrayContaining(changed))
    expect(await apply(hostPart(bed), bed.transport, options)).toMatchObject({ exitCode: 0 })
    expect(await verify(hostPart(bed), bed.transport, options)).toMatchObject({ exitCode: 0 })
    expect(await succeed('nft list chain inet left4me guard')).not.toMatch(/^\t\taccept$/m)
    expect(await succeed('systemctl show --property=PrivatePIDs --value left4me-server@0')).toBe('yes')
    expect(await succeed(serverPid)).toBe(pid)
  })
})
