import { copyFileSync, existsSync, mkdtempDisposableSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { runCli, startCli } from '../testing/run-cli.ts'

const password = 'correct horse battery'

/** A data directory of its own, and the command line that uses it. */
function dataDirectory() {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'left4me-cli-'))
  const environment = { LEFT4ME_ROOT: join(folder.path, 'root'), HOME: folder.path }
  return {
    path: folder.path,
    database: join(environment.LEFT4ME_ROOT, 'data/left4me.db'),
    environment,
    left4me: (words: string[], more: Record<string, string> = {}) =>
      runCli(words, { ...environment, ...more }),
    [Symbol.dispose]: () => folder.remove(),
  }
}

function usernames(database: string): string[] {
  const connection = new DatabaseSync(database, { readOnly: true })
  try {
    return connection
      .prepare('SELECT username FROM users ORDER BY username')
      .all()
      .map(row => String(row['username']))
  } finally {
    connection.close()
  }
}

describe('left4me migrate', () => {
  it('makes the database, readable by its owner alone, and may be run again', async () => {
    using data = dataDirectory()
    expect(await data.left4me(['migrate'])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(statSync(data.database).mode & 0o777).toBe(0o600)
    expect(await data.left4me(['migrate'])).toMatchObject({ exitCode: 0 })
  })
})

describe('left4me create-user and set-password', () => {
  it('make an account whose password is neither shown nor stored', async () => {
    using data = dataDirectory()
    const made = await data.left4me(['create-user', 'anna', '--admin', '--json'], {
      LEFT4ME_ADMIN_PASSWORD: password,
    })
    expect(made).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(made.stdout)).toMatchObject({ username: 'anna', role: 'admin' })
    expect(made.stdout).not.toContain(password)
    expect(usernames(data.database)).toEqual(['anna'])

    const changed = await data.left4me(['set-password', 'anna'], {
      LEFT4ME_ADMIN_PASSWORD: 'another one of them',
    })
    expect(changed).toMatchObject({ exitCode: 0, stdout: 'anna has a new password\n' })
  })

  it('refuse a name that is taken, a name that is unknown and a password that is short, in one line', async () => {
    using data = dataDirectory()
    const given = { LEFT4ME_ADMIN_PASSWORD: password }
    await data.left4me(['create-user', 'anna'], given)
    for (const [words, environment, line] of [
      [['create-user', 'Anna'], given, /Anna already/],
      [['set-password', 'berta'], given, /berta/],
      [['create-user', 'berta'], { LEFT4ME_ADMIN_PASSWORD: 'short' }, /at least 8/],
    ] as const) {
      const { exitCode, stderr } = await data.left4me([...words], environment)
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(line)
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    }
    expect(usernames(data.database)).toEqual(['anna'])
  })

  it('need a terminal or the variable', async () => {
    using data = dataDirectory()
    const { exitCode, stderr } = await data.left4me(['create-user', 'anna'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('set LEFT4ME_ADMIN_PASSWORD')
  })
})

describe('left4me backup and restore', () => {
  it('bring back what was there, and keep what it replaces', async () => {
    using data = dataDirectory()
    const given = { LEFT4ME_ADMIN_PASSWORD: password }
    const file = join(data.path, 'backup')
    await data.left4me(['create-user', 'anna'], given)
    expect(await data.left4me(['backup', file])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await data.left4me(['create-user', 'berta'], given)

    const restored = await data.left4me(['restore', file, '--json'])
    expect(restored).toMatchObject({ exitCode: 0, stderr: '' })
    expect(usernames(data.database)).toEqual(['anna'])
    const { replaced } = JSON.parse(restored.stdout)
    expect(usernames(replaced)).toEqual(['anna', 'berta'])
  })

  it('restore into an empty data directory', async () => {
    using before = dataDirectory()
    using after = dataDirectory()
    const file = join(before.path, 'backup')
    await before.left4me(['create-user', 'anna'], { LEFT4ME_ADMIN_PASSWORD: password })
    await before.left4me(['backup', file])
    expect(await after.left4me(['restore', file])).toMatchObject({ exitCode: 0, stderr: '' })
    expect(usernames(after.database)).toEqual(['anna'])
  })

  it('refuse a file that is no backup and one of a newer version, and change nothing', async () => {
    using data = dataDirectory()
    await data.left4me(['create-user', 'anna'], { LEFT4ME_ADMIN_PASSWORD: password })
    const garbage = join(data.path, 'garbage')
    writeFileSync(garbage, 'SQLite format 3\0 but not really')
    const newer = join(data.path, 'newer')
    await data.left4me(['backup', newer])
    addMigration(newer)
    const copy = join(data.path, 'copy of the database')
    copyFileSync(data.database, copy)

    for (const [file, line] of [
      [garbage, /is not a backup/],
      [newer, /newer/],
      [copy, /is not a backup/],
      [join(data.path, 'missing'), /missing/],
    ] as const) {
      const { exitCode, stderr } = await data.left4me(['restore', file])
      expect(stderr).toMatch(line)
      expect(exitCode).toBe(1)
    }
    expect(usernames(data.database)).toEqual(['anna'])
  })

  it('refuse to back up what does not exist', async () => {
    using data = dataDirectory()
    const { exitCode, stderr } = await data.left4me(['backup', join(data.path, 'backup')])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('LEFT4ME_ROOT')
    expect(existsSync(join(data.path, 'backup'))).toBe(false)
  })
})

/** What a later version of left4me would have left in its backup. */
function addMigration(file: string): void {
  const connection = new DatabaseSync(file)
  connection.prepare('INSERT INTO kysely_migration (name, timestamp) VALUES (?, ?)').run('9999-later', '0')
  const row = connection.prepare('SELECT manifest FROM left4me_backup').get()
  const manifest = JSON.parse(String(row?.['manifest']))
  manifest.migrations.push('9999-later')
  connection.prepare('UPDATE left4me_backup SET manifest = ?').run(JSON.stringify(manifest))
  connection.close()
}

describe('left4me serve', () => {
  it('listens, keeps restore and a second serve away, and ends cleanly at SIGTERM', async () => {
    using data = dataDirectory()
    const environment = { ...data.environment, LEFT4ME_LISTEN: '127.0.0.1:0' }
    await using running = startCli(['serve'], environment)
    const [, url] = await running.printed(/listening on (http:\/\/127\.0\.0\.1:\d+)\n/)
    expect((await fetch(`${url}/health`)).status).toBe(200)

    const file = join(data.path, 'backup')
    expect(await data.left4me(['backup', file])).toMatchObject({ exitCode: 0 })
    for (const words of [['restore', file], ['migrate'], ['serve']]) {
      const { exitCode, stderr } = await data.left4me(words, { LEFT4ME_LISTEN: '127.0.0.1:0' })
      expect(exitCode).toBe(1)
      expect(stderr).toContain('Another left4me')
    }

    running.kill('SIGTERM')
    expect(await running.exitCode).toBe(0)
  })

  it('ends cleanly also when SIGTERM comes as soon as it says that it listens', async () => {
    using data = dataDirectory()
    const preload = `const write = process.stdout.write.bind(process.stdout)
process.stdout.write = (text, ...rest) => {
  const written = write(text, ...rest)
  if (String(text).startsWith('listening on')) process.kill(process.pid, 'SIGTERM')
  return written
}`
    const { exitCode, stdout } = await data.left4me(['serve'], {
      LEFT4ME_LISTEN: '127.0.0.1:0',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
    })
    expect(stdout).toContain('listening on')
    expect(exitCode).toBe(0)
  })

  it('says which variable can not be used in one line', async () => {
    using data = dataDirectory()
    const { exitCode, stderr } = await data.left4me(['serve'], { LEFT4ME_LISTEN: 'everywhere' })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^left4me: LEFT4ME_LISTEN is .*\n$/)
  })
})

describe('left4me doctor', () => {
  it('checks the machine, and its exit code says whether all is well', async () => {
    using data = dataDirectory()
    await data.left4me(['migrate'])
    const { exitCode, stdout } = await data.left4me(['doctor', '--json'])
    const checks: { name: string; ok: boolean }[] = JSON.parse(stdout)
    expect(checks).toContainEqual(expect.objectContaining({ name: 'database', ok: true }))
    expect(exitCode).toBe(checks.every(({ ok }) => ok) ? 0 : 1)
  })

  it('finds a database that can not be read, says what to do, and changes nothing', async () => {
    using data = dataDirectory()
    await data.left4me(['migrate'])
    writeFileSync(data.database, 'no database at all, not even close to one')
    const { exitCode, stdout } = await data.left4me(['doctor'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^WRONG +database +\S/m)
  })
})

describe('left4me shell', () => {
  it('has the database and the host at hand', async () => {
    using data = dataDirectory()
    await data.left4me(['create-user', 'anna'], { LEFT4ME_ADMIN_PASSWORD: password })
    await using prompt = startCli(['shell'], data.environment)
    prompt.type("(await db.selectFrom('users').selectAll().execute()).length + 41\n")
    await prompt.printed(/\b42\b/)
    prompt.type("'instances: ' + (await host.list()).length\n")
    await prompt.printed(/'instances: 0'/)
    prompt.type('.exit\n')
    expect(await prompt.exitCode).toBe(0)
  })
})
