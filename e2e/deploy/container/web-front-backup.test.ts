import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { DeployBed } from '../support/deploy-bed.ts'
import { applied, openWebFrontBed, webFrontNode } from '../support/web-front/web-front-bed.ts'

const password = 'a password of the test bed'
const data = '/var/lib/app'
const node = (change: Readonly<Record<string, unknown>> = {}) =>
  webFrontNode({
    backup: {
      paths: new Set([data, '/etc/app']),
      excludes: new Set([`${data}/cache`, `${data}/live.db*`]),
      before: { database: ['/usr/bin/sqlite3', `${data}/live.db`, `.backup '${data}/copy.db'`] },
      repository: '/srv/repository',
      password,
      ...change,
    },
  })

describeWith(['root'], 'a backup', () => {
  let bed: DeployBed

  /** The last snapshot, put back below /tmp/restored. */
  const restored = (script: string): Promise<string> =>
    bed.container.succeed(
      `rm -rf /tmp/restored; backup restic restore latest --quiet --target /tmp/restored >/dev/null; cd /tmp/restored; ${script}`,
    )
  const snapshots = async (): Promise<string[]> =>
    (JSON.parse(await bed.container.succeed('backup restic snapshots --json')) as { id: string }[]).map(
      ({ id }) => id,
    )

  beforeAll(async () => {
    bed = await openWebFrontBed()
    await bed.container.succeed(`mkdir -p ${data}/cache ${data}/mounted ${data}/'with a space' /etc/app
      echo kept >'${data}/with a space/file'; echo cached >${data}/cache/file
      setfattr -n user.kept -v yes ${data}/'with a space'/file 2>/dev/null || true
      install -m 0640 -g daemon /dev/null /etc/app/secret; echo secret >/etc/app/secret; ln -s secret /etc/app/link
      mount -t tmpfs tmpfs ${data}/mounted; echo 'another file system' >${data}/mounted/file`)
    // A database with a writer that never closes it: what it wrote is in the write-ahead log. It stays small: sqlite3 copies
    // a hundred pages at a time, and begins anew when somebody has written since the last ones.
    await bed.container.write(
      '/srv/writer.py',
      `import sqlite3, time
db = sqlite3.connect('${data}/live.db', isolation_level=None)
db.execute('PRAGMA journal_mode=WAL')
db.execute('PRAGMA wal_autocheckpoint=0')
db.execute('CREATE TABLE IF NOT EXISTS one (n INTEGER)')
db.execute('CREATE TABLE IF NOT EXISTS other (n INTEGER)')
n = 0
while True:
    n += 1
    db.execute('BEGIN')
    db.execute('INSERT INTO one VALUES (?)', (n,))
    db.execute('INSERT INTO other VALUES (?)', (n,))
    if n % 500 == 0:
        db.execute('DELETE FROM one WHERE n <= ?', (n - 500,))
        db.execute('DELETE FROM other WHERE n <= ?', (n - 500,))
    db.execute('COMMIT')
    time.sleep(0.01)
`,
    )
    await bed.container.succeed(`systemd-run --quiet --unit=writer python3 /srv/writer.py
      until [ "$(sqlite3 ${data}/live.db 'SELECT count(*) FROM other' 2>/dev/null)" -gt 100 ] 2>/dev/null; do sleep 0.1; done`)
    await applied(bed, node())
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })

  test('is made by a timer, and changes nothing when it is deployed again', async () => {
    expect(await applied(bed, node())).toMatchObject({ counts: { fixed: 0, failed: 0 } })
    expect(
      await bed.container.succeed(
        'systemctl is-enabled backup.timer; systemctl show -P TimersCalendar backup.timer',
      ),
    ).toMatch(/^enabled\n.*OnCalendar=\*-\*-\* 03:15:00/)
  })

  test('can be restored: files with owner, mode and links, and the database whole', async () => {
    await bed.container.succeed('systemctl start backup.service')
    const rows =
      'SELECT (SELECT count(*) FROM one) = (SELECT count(*) FROM other), (SELECT count(*) FROM one) > 100'
    const found = await restored(`cat '.${data}/with a space/file'; readlink etc/app/link
      stat -c '%a %G %s' etc/app/secret; sqlite3 .${data}/copy.db "PRAGMA integrity_check; ${rows}"`)
    expect(found).toBe('kept\nsecret\n640 daemon 7\nok\n1|1')
  })

  test('leaves out what is excluded and other file systems', async () => {
    await bed.container.succeed('systemctl start backup.service')
    expect(await restored(`ls .${data} .${data}/mounted`)).toBe(
      `.${data}:\ncopy.db\nmounted\nwith a space\n\n.${data}/mounted:`,
    )
  })

  test('would take other file systems and half a database along without that', async () => {
    await bed.container.succeed(`. /etc/backup/environment; export RESTIC_REPOSITORY=/srv/naive RESTIC_PASSWORD
      restic init --quiet; restic backup --quiet ${data}/mounted; cp ${data}/live.db ${data}/cache/naive.db
      restic restore latest --quiet --target /tmp/naive`)
    expect(await bed.container.succeed(`cat /tmp/naive${data}/mounted/file`)).toBe('another file system')
    // Without the write-ahead log nothing of what was written is there, not even the tables.
    expect(
      await bed.container.run(`sqlite3 ${data}/cache/naive.db 'SELECT count(*) FROM one'`),
    ).toMatchObject({
      code: 1,
    })
  })

  test('that could not copy the database saves the rest, and fails', async () => {
    const before = await snapshots()
    await applied(bed, node({ before: { database: ['/usr/bin/false'] } }))
    expect(await bed.container.run('systemctl start backup.service')).toMatchObject({ code: 1 })
    expect(
      await bed.container.succeed('journalctl --sync; journalctl --unit=backup.service --output=cat'),
    ).toContain('/etc/backup/before/database failed')
    expect((await snapshots()).filter(id => !before.includes(id))).toHaveLength(1)
    await applied(bed, node())
    await bed.container.succeed('systemctl start backup.service')
  })

  test('of a path that is gone saves the rest, and fails', async () => {
    await applied(bed, node({ paths: new Set([data, '/etc/nowhere']) }))
    const { code, stderr } = await bed.container.run('backup')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'backup: /etc/nowhere, which is to be saved, is not there\n',
    })
    await applied(bed, node())
  })

  test('goes to no new repository when the old one can’t be read, and says why', async () => {
    await applied(bed, node({ password: 'another password than it was made with' }))
    const before = await bed.container.succeed('find /srv/repository -type f | sort | sha256sum')
    const { code, stderr } = await bed.container.run('backup')
    expect(code).toBe(1)
    expect(stderr).toContain('backup: the repository can not be read: Fatal: wrong password or no key found')
    expect(await bed.container.succeed('find /srv/repository -type f | sort | sha256sum')).toBe(before)
    await applied(bed, node())
  })

  test('goes on after one that was killed, also with removing what is old', async () => {
    // A lock of a process of this host that is no more.
    await bed.container.succeed(`set -a; . /etc/backup/environment
      mkfifo /tmp/never; (restic backup --quiet --stdin </tmp/never & echo $! >/tmp/restic.pid; wait) >/dev/null 2>&1 &
      exec 3>/tmp/never; until ls /srv/repository/locks | grep -q .; do sleep 0.1; done
      kill -9 $(cat /tmp/restic.pid); while [ -e /proc/$(cat /tmp/restic.pid) ]; do sleep 0.1; done`)
    expect(await bed.container.succeed('ls /srv/repository/locks')).not.toBe('')
    await bed.container.succeed('backup')
    expect(await bed.container.succeed('ls /srv/repository/locks')).toBe('')
    await bed.container.succeed('backup restic check --quiet')
  })

  test('keeps as many snapshots as it is told', async () => {
    await applied(bed, node({ keep: { daily: 1, weekly: 0, monthly: 0 } }))
    await bed.container.succeed('backup')
    expect(await snapshots()).toHaveLength(1)
    await applied(bed, node({ keep: { daily: 0, weekly: 0, monthly: 0 } }))
    await bed.container.succeed('backup')
    expect(await snapshots()).toHaveLength(2)
  })

  test('runs once at a time', async () => {
    expect(await bed.container.run('flock /run/backup.lock backup')).toMatchObject({
      code: 1,
      stderr: 'backup: one is running already.\n',
    })
  })

  test('shows its password to nobody but root', async () => {
    const command = `grep -rl '${password}' /etc /usr/local /var/lib/left4me-apply 2>/dev/null || true`
    expect(await bed.container.succeed(command)).toContain('/etc/backup/environment')
    expect(
      await bed.container.run(`setpriv --reuid=nobody --regid=nogroup --clear-groups ${command}`),
    ).toMatchObject({ stdout: '' })
  })
})
