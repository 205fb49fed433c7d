import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ConvergeError } from '../converge-error.ts'
import { file } from '../items/file.ts'
import { service } from '../items/service.ts'
import { Scratch } from '../testing/scratch.ts'
import { Session } from './session.ts'
import { localShell, ssh } from './transport.ts'

describe('ssh', () => {
  it('is the same words after one more program, quoted for whatever login shell there is, and never asks', () => {
    const argv = ssh({ host: 'example.org', user: 'deploy', port: 2222, sudo: true }).argv([
      'sh',
      '-c',
      "echo 'a b' $HOME",
    ])
    expect(argv.slice(0, 2)).toEqual(['ssh', '-T'])
    expect(argv).toContain('BatchMode=yes')
    expect(argv.slice(-3)).toEqual([
      '--',
      'deploy@example.org',
      `exec sudo -n -- sh -c 'echo '\\''a b'\\'' $HOME'`,
    ])
    const plain = ssh({ host: 'h' }).argv(['printf', '%s', "it's $HOME"])
    expect(execFileSync('bash', ['-c', plain.at(-1) ?? '']).toString()).toBe("it's $HOME")
  })
})

describe('a run over ssh', () => {
  it('is the same as one here, through a login shell that is another one', async () => {
    using scratch = new Scratch()
    mkdirSync(scratch.path('bin'))
    // What sshd does with a command: it gives it to the login shell as one text.
    const sshd = 'for command; do :; done\necho "$*" > "$0.said"\nexec bash -c "$command"'
    writeFileSync(scratch.path('bin/ssh'), `#!/bin/sh\n${sshd}\n`, { mode: 0o755 })
    scratch.transport = { ...ssh({ host: 'h' }), env: { PATH: `${scratch.path('bin')}:/usr/bin:/bin` } }
    const items = [
      file(scratch.path('a'), { content: "it's $HOME" }),
      service('x', { tags: ['t'], skip: true }),
    ]
    expect(await scratch.apply(items)).toMatchObject({ exitCode: 0, counts: { fixed: 1, skipped: 1 } })
    expect(readFileSync(scratch.path('a'), 'utf8')).toBe("it's $HOME")
    const said = readFileSync(scratch.path('bin/ssh.said'), 'utf8')
    expect(said).toContain('-- h exec sh -c')
    expect(said).not.toContain(scratch.path('a'))
  })
})

describe('a session', () => {
  it('is one shell for all scripts and keeps what they set', async () => {
    await using session = new Session(localShell())
    session.start()
    expect(await session.run(`A=1; printf '2\\0pid\\0%s\\0' $$`)).toEqual(
      await session.run(`printf '2\\0pid\\0%s\\0' $$`),
    )
    expect(await session.run(`printf '1\\0%s\\0' "$A"`)).toEqual([['1']])
  })

  it('carries files beside scripts, in order, whatever their bytes', async () => {
    await using session = new Session(localShell())
    session.start()
    const bytes = Buffer.from('run 5\nexit 1\n\0\xff', 'latin1')
    await session.put('upload', bytes)
    const [record] = await session.run(`printf '1\\0%s\\0' "$(base64 -w0 "$W/upload")"`)
    expect(Buffer.from(record?.[0] ?? '', 'base64')).toEqual(bytes)
  })

  it.each([0, 1, 3_000_000])('carries a file of %d bytes by its path', async size => {
    using scratch = new Scratch()
    const bytes = randomBytes(size)
    writeFileSync(scratch.path('archive'), bytes)
    await using session = new Session(localShell())
    session.start()
    await session.put('upload', scratch.path('archive'))
    const [record] = await session.run(`printf '1\\0%s\\0' "$(sha256sum <"$W/upload")"`)
    expect(record?.[0]).toBe(`${createHash('sha256').update(bytes).digest('hex')}  -`)
  })

  it('says what broke when it breaks while a file is sent, and which file isn’t there', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('archive'), randomBytes(3_000_000))
    await using session = new Session(localShell())
    session.start()
    const broken = expect(session.run('kill -TERM $$; sleep 1')).rejects.toThrow('is gone')
    await session.put('upload', scratch.path('archive'))
    await broken
    // Nobody reads it any more.
    await session.put('upload', scratch.path('archive'))
    await expect(session.run('true')).rejects.toThrow('is gone')
    await using other = new Session(localShell())
    other.start()
    await expect(other.put('upload', scratch.path('none'))).rejects.toThrow('ENOENT')
  })

  it('that breaks fails what is under way and all that follows, and removes its folder', async () => {
    const session = new Session(localShell())
    session.start()
    const [record] = await session.run(`printf '1\\0%s\\0' "$W"`)
    await expect(session.run('kill -TERM $$; sleep 1')).rejects.toThrow('is gone')
    await expect(session.run('true')).rejects.toBeInstanceOf(ConvergeError)
    expect(() => execFileSync('test', ['-e', record?.[0] ?? ''])).toThrow()
    await session.stop()
  })

  it('runs nothing of a script that the connection cut short', async () => {
    using scratch = new Scratch()
    const script = `echo >${scratch.path('first')}\necho >${scratch.path('second')}; true and more`
    const [line, ...rest] = await sent(script)
    const before = Buffer.byteLength(`${line}\n`) + script.indexOf('; true')
    expect(rest.join('\n').startsWith(script)).toBe(true)
    await using session = new Session({
      description: 'a bad line',
      argv: words => ['sh', '-c', `head -c ${before} | "$@"`, 'sh', ...words],
    })
    session.start()
    await expect(session.run(script)).rejects.toThrow('is gone')
    expect(readdirSync(scratch.folder)).toEqual([])
    await using whole = new Session(localShell())
    whole.start()
    await whole.run(script)
    expect(readdirSync(scratch.folder).sort()).toEqual(['first', 'second'])
  })

  it('ends by an abort', async () => {
    const session = new Session(localShell())
    const controller = new AbortController()
    session.start(controller.signal)
    const waiting = session.run('sleep 2')
    controller.abort()
    await expect(waiting).rejects.toThrow('is gone')
    await session.stop()
  })
})

/** The lines that a session's first script becomes. */
async function sent(script: string): Promise<string[]> {
  const session = new Session({ description: 'an ear', argv: () => ['sh', '-c', 'head -n 4 >&2'] })
  session.start()
  const error: unknown = await session.run(script).catch((thrown: unknown) => thrown)
  const said = error instanceof Error ? error.message : ''
  return said.slice(said.indexOf('run ')).split('\n')
}
