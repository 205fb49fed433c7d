import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const revision = 'a'.repeat(40)
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-'))
  for (const name of ['app', 'bin', 'built']) mkdirSync(join(folder, name))
  put('apps/server/src/main.ts')
  put('apps/web/dist/index.html')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(path: string, mode = 0o644): void {
  const file = join(folder, 'built', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, path)
  chmodSync(file, mode)
}

/** Publishes what lies in `built`, as if that had come out of the sandbox. */
function publish() {
  const program = (name: string, script: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  program('systemctl', 'exit 1')
  program('systemd-run', `cat >/dev/null; exec tar -c -C "${folder}/built" .`)
  const script = readFileSync(join(import.meta.dirname, 'build.sh'), 'utf8')
  return spawnSync('sh', ['-c', script, 'sh', revision, '/node', '', '', 'true'], {
    cwd: join(folder, 'app'),
    input: 'the source',
    encoding: 'utf8',
    env: { PATH: `${folder}/bin:/usr/bin:/bin` },
  })
}

const published = (path: string) => join(folder, 'app', revision, path)

describe('what was built', () => {
  it('is published whole, readable by everybody and writable by its owner alone', () => {
    put('apps/cli/program', 0o777)
    symlinkSync('../apps/cli', join(folder, 'built/apps/link'))
    expect(publish()).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(published('REVISION'), 'utf8')).toBe(`${revision}\n`)
    expect(statSync(published('apps/cli/program')).mode & 0o7777).toBe(0o755)
    expect(statSync(published('apps/server/src/main.ts')).mode & 0o7777).toBe(0o644)
    expect(existsSync(join(folder, 'app/.building'))).toBe(false)
  })

  it('replaces what somebody damaged', () => {
    mkdirSync(published('rubbish'), { recursive: true })
    expect(publish().status).toBe(0)
    expect(existsSync(published('rubbish'))).toBe(false)
  })

  it('gives nobody rights that whoever built it had put on it', () => {
    put('apps/cli/root', 0o6777)
    expect(publish().status).toBe(0)
    expect(statSync(published('apps/cli/root')).mode & 0o7777).toBe(0o755)
  })

  it.each([
    ['/etc/passwd', 'a link out of its tree'],
    ['../../../../etc/passwd', 'a link out of its tree'],
    ['..', 'a link out of its tree'],
  ])('isn’t published with a link to %s', (target, reason) => {
    symlinkSync(target, join(folder, 'built/link'))
    const { status, stderr } = publish()
    expect([status, stderr]).toEqual([1, expect.stringContaining(reason)])
    expect(existsSync(published('.'))).toBe(false)
  })

  it('isn’t published with something that is neither file, folder nor link', () => {
    execFileSync('mkfifo', [join(folder, 'built/pipe')])
    expect(publish()).toMatchObject({ status: 1, stderr: expect.stringContaining('neither file') })
    expect(existsSync(published('.'))).toBe(false)
  })

  it('isn’t published without a web application', () => {
    rmSync(join(folder, 'built/apps/web/dist/index.html'))
    expect(publish()).toMatchObject({ status: 1, stderr: expect.stringContaining('no web application') })
  })
})
