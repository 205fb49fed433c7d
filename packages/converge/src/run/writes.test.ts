import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { directory } from '../items/directory.ts'
import { file } from '../items/file.ts'
import { symlink } from '../items/symlink.ts'
import { derivedSecret } from '../secrets/derive-secret.ts'
import { Secret, secretText } from '../secrets/secret.ts'
import { itemOf, Scratch, statusOf } from '../testing/scratch.ts'

describe('a file', () => {
  const refusing = (scratch: Scratch) => ({
    validate: ['sh', '-c', '! grep wrong "$0" && echo "$0" > "$1"', '%s', scratch.path('seen')],
  })

  it('that its check refuses never becomes live, and the one before stays with nothing beside it', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('rules'), 'good')
    const report = await scratch.apply([
      file(scratch.path('rules'), { content: 'wrong', ...refusing(scratch) }),
    ])
    expect(itemOf(report, `file:${scratch.path('rules')}`)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('refused by its check'),
    })
    expect(readFileSync(scratch.path('rules'), 'utf8')).toBe('good')
    expect(readdirSync(scratch.folder).sort()).toEqual(['rules', 'state'])
    expect(report.generation).toBe(null)
  })

  it('would be live without the check', async () => {
    using scratch = new Scratch()
    await scratch.apply([file(scratch.path('rules'), { content: 'wrong' })])
    expect(readFileSync(scratch.path('rules'), 'utf8')).toBe('wrong')
  })

  it('is judged on the target in its own folder, when nobody but its owner can read it', async () => {
    using scratch = new Scratch()
    const validate = ['sh', '-c', 'stat -c "%a %n" "$0" > "$1"', '%s', scratch.path('seen')]
    await scratch.apply([file(scratch.path('secret'), { content: 'x', mode: '0600', validate })])
    expect(readFileSync(scratch.path('seen'), 'utf8')).toMatch(/^600 .*\/\.secret\.left4me-\w+\n$/)
    expect(readFileSync(scratch.path('seen'), 'utf8')).toContain(`${scratch.folder}/.secret`)
  })

  it('is exchanged, never opened: who has the old one open keeps it whole', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('a'), 'old')
    const before = statSync(scratch.path('a')).ino
    await scratch.apply([file(scratch.path('a'), { content: 'new' })])
    expect(statSync(scratch.path('a')).ino).not.toBe(before)
  })

  it('replaces a link at its own place rather than what the link points to', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('elsewhere'), 'precious')
    symlinkSync(scratch.path('elsewhere'), scratch.path('a'))
    await scratch.apply([file(scratch.path('a'), { content: 'new' })])
    expect(lstatSync(scratch.path('a')).isFile()).toBe(true)
    expect(readFileSync(scratch.path('elsewhere'), 'utf8')).toBe('precious')
  })

  it('is not written through a link that the node does not manage, and is through one that it manages', async () => {
    using scratch = new Scratch()
    mkdirSync(scratch.path('real'))
    symlinkSync(scratch.path('real'), scratch.path('link'))
    const item = file(scratch.path('link/a'), { content: 'new' })
    expect(itemOf(await scratch.apply([item]), item.id).message).toContain(
      "link that this node doesn't manage",
    )
    expect(readdirSync(scratch.path('real'))).toEqual([])
    const managed = symlink(scratch.path('link'), { target: scratch.path('real') })
    expect((await scratch.apply([item, managed])).exitCode).toBe(0)
    expect(readdirSync(scratch.path('real'))).toEqual(['a'])
  })

  it('is not written where others could exchange it', async () => {
    using scratch = new Scratch()
    mkdirSync(scratch.path('open'))
    for (const mode of [0o777, 0o1777]) {
      chmodSync(scratch.path('open'), mode)
      const item = file(scratch.path('open/a'), { content: 'x' })
      expect(itemOf(await scratch.apply([item]), item.id)).toMatchObject({
        status: 'failed',
        message: expect.stringContaining('writable by everybody'),
      })
    }
    expect(readdirSync(scratch.path('open'))).toEqual([])
    chmodSync(scratch.path('open'), 0o755)
    expect((await scratch.apply([file(scratch.path('open/a'), { content: 'x' })])).exitCode).toBe(0)
  })

  it('keeps the mode that somebody gave it when the node says none', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('a'), 'old')
    chmodSync(scratch.path('a'), 0o604)
    await scratch.apply([file(scratch.path('a'), { content: 'new' })])
    expect(statSync(scratch.path('a')).mode & 0o7777).toBe(0o604)
  })

  it('does not replace a folder, and its folder is not emptied', async () => {
    using scratch = new Scratch()
    mkdirSync(scratch.path('a/b'), { recursive: true })
    const report = await scratch.apply([file(scratch.path('a'), { content: 'x' })])
    expect(report.items[0]?.message).toContain('is a folder')
    const away = await scratch.apply([directory(scratch.path('a'), { absent: true })])
    expect(away.exitCode).toBe(1)
    expect(existsSync(scratch.path('a/b'))).toBe(true)
  })

  it('of large size and any bytes arrives whole', async () => {
    using scratch = new Scratch()
    const bytes = Buffer.from(Array.from({ length: 2_000_000 }, (_, at) => (at * 7919) % 251))
    await scratch.apply([file(scratch.path('a'), { content: bytes })])
    expect(readFileSync(scratch.path('a')).equals(bytes)).toBe(true)
  })
})

describe('a link', () => {
  it('is exchanged in one step and says what it was told, also to an odd name', async () => {
    using scratch = new Scratch()
    const path = scratch.path("it's $(odd)")
    await scratch.apply([symlink(path, { target: '-n odd' })])
    await scratch.apply([symlink(path, { target: '../x y' })])
    expect(readlinkSync(path)).toBe('../x y')
  })
})

describeWith(['root'], 'a link in a folder of somebody else', () => {
  it('is made when it is theirs too, and not otherwise', async () => {
    using scratch = new Scratch()
    chmodSync(scratch.folder, 0o755)
    mkdirSync(scratch.path('theirs'))
    chownSync(scratch.path('theirs'), 65_534, 65_534)
    const path = scratch.path('theirs/link')
    const refused = await scratch.apply([symlink(path, { target: 'a' })])
    expect(refused.items[0]?.message).toContain('belongs to nobody')
    const owned = [symlink(path, { target: 'a', owner: 'nobody', group: 'nogroup' })]
    expect((await scratch.apply(owned)).exitCode).toBe(0)
    expect(lstatSync(path)).toMatchObject({ uid: 65_534, gid: 65_534 })
    expect(await scratch.plan(owned)).toMatchObject({ counts: { ok: 1, changes: 0 } })
    lchownSync(path, 0, 0)
    expect(await scratch.plan(owned)).toMatchObject({ counts: { ok: 0, changes: 1 } })
  })
})

describe('a secret', () => {
  const key = () => Buffer.alloc(32, 7).toString('base64url')

  it('reaches the file and nothing else: no plan, no report, no script on a command line', async () => {
    using scratch = new Scratch()
    const secret = derivedSecret(key, 'test password')
    const items = [file(scratch.path('env'), { content: secretText`PASSWORD=${secret}\n`, mode: '0600' })]
    const plan = await scratch.plan(items)
    const report = await scratch.apply(items)
    expect(readFileSync(scratch.path('env'), 'utf8')).toBe(`PASSWORD=${secret.reveal()}\n`)
    for (const said of [JSON.stringify(plan), JSON.stringify(report), JSON.stringify(items[0]?.identity)])
      expect(said).not.toContain(secret.reveal())
    expect(itemOf(plan, `file:${scratch.path('env')}`).diff).toContain('not shown')
    writeFileSync(scratch.path('env'), 'PASSWORD=other\n')
    expect(itemOf(await scratch.plan(items), `file:${scratch.path('env')}`).diff).not.toContain('PASSWORD')
  })

  it('is a name in what its check prints, too', async () => {
    using scratch = new Scratch()
    const secret = derivedSecret(key, 'test password')
    const validate = ['sh', '-c', 'cat "$0"; exit 1', '%s']
    const content = secretText`# a line\nPASSWORD=${secret}\n`
    const report = await scratch.apply([file(scratch.path('env'), { content, validate })])
    expect(report.items[0]?.message).toContain('# a line\nPASSWORD=[secret test password]')
    expect(JSON.stringify(report)).not.toContain(secret.reveal())
  })

  it('whose key is missing leaves its item out and says why; strictly, the item fails', async () => {
    using scratch = new Scratch()
    const items = [
      file(scratch.path('env'), { content: derivedSecret(() => null, 'lost') }),
      file(scratch.path('other'), { content: 'x' }),
    ]
    const report = await scratch.apply(items)
    expect(report).toMatchObject({ exitCode: 0, counts: { fixed: 1, skipped: 1 } })
    expect(itemOf(report, `file:${scratch.path('env')}`)).toMatchObject({ reason: 'secret-unavailable' })
    expect((await scratch.apply(items, { strict: true })).exitCode).toBe(1)
  })

  it('is in a plain diff when it is no secret: the negative control', async () => {
    using scratch = new Scratch()
    const plan = await scratch.plan([file(scratch.path('env'), { content: 'PASSWORD=plain\n' })])
    expect(itemOf(plan, `file:${scratch.path('env')}`).diff).toContain('+PASSWORD=plain')
    expect(String(new Secret('name', () => 'value'))).toBe('[secret name]')
  })
})

describe('one path', () => {
  it('that is given away in the wrong order is waited for: folder, link above it, then the file', async () => {
    using scratch = new Scratch()
    const report = await scratch.apply([
      file(scratch.path('z/a/file'), { content: 'x' }),
      directory(scratch.path('z/a')),
      directory(scratch.path('z')),
    ])
    expect(report.counts.fixed).toBe(3)
    expect(statusOf(report, `file:${scratch.path('z/a/file')}`)).toBe('fixed')
    const away = await scratch.apply([
      file(scratch.path('z/a/file'), { absent: true }),
      directory(scratch.path('z/a'), { absent: true }),
      directory(scratch.path('z'), { absent: true }),
    ])
    expect(away.counts).toMatchObject({ fixed: 3, failed: 0 })
    expect(existsSync(scratch.path('z'))).toBe(false)
  })
})
