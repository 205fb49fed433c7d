import { execFile, execFileSync } from 'node:child_process'
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SafeFolder } from '../files/safe-folder.ts'
import { eventually } from '../testing/eventually.ts'
import { HostileFiles } from './hostile-files.ts'

const secret = 'the database'
const limit = 10_000

describe('files of a server that a plugin has tampered with', () => {
  let temporary: string
  let upper: string
  let outside: string
  let files: HostileFiles

  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'left4me-files-'))
    upper = join(temporary, 'upper')
    outside = join(temporary, 'outside')
    await mkdir(join(upper, 'cfg'), { recursive: true })
    await mkdir(outside)
    await writeFile(join(outside, 'server.cfg'), secret)
    files = new HostileFiles(async (_, action) => {
      await using folder = await SafeFolder.open(upper)
      return await action(folder, 'upper')
    }, upper)
  })

  afterEach(() => rm(temporary, { recursive: true }))

  const planted = () => join(upper, 'cfg', 'server.cfg')
  const outsideUnchanged = async () => (await readFile(join(outside, 'server.cfg'), 'utf8')) === secret

  it('are read and replaced where nothing is wrong', async () => {
    expect(await files.read('cfg/server.cfg', limit)).toBeNull()
    await files.replace('cfg/server.cfg', 'hostname x\n')
    await files.replace('cfg/server.cfg', Buffer.from('hostname y\n'))
    expect(String(await files.read('cfg/server.cfg', limit))).toBe('hostname y\n')
    await files.replace('new/folder/file.txt', 'x')
    expect(String(await files.read('new/folder/file.txt', limit))).toBe('x')
    await files.remove('cfg/server.cfg')
    await files.remove('cfg/server.cfg')
    await files.remove('no/such/file')
    expect(await files.read('cfg/server.cfg', limit)).toBeNull()
    expect(await readdir(join(upper, 'cfg'))).toEqual([])
  })

  it('are not read through a link, which is replaced by a file', async () => {
    await symlink(join(outside, 'server.cfg'), planted())
    expect(await readFile(planted(), 'utf8')).toBe(secret)

    await expect(files.read('cfg/server.cfg', limit)).rejects.toMatchObject({
      code: 'file-refused',
      message: expect.stringContaining('cfg/server.cfg'),
    })
    await files.replace('cfg/server.cfg', 'ours')
    expect(await readFile(planted(), 'utf8')).toBe('ours')
    expect(await outsideUnchanged()).toBe(true)
  })

  it('are not reached through a folder that is a link, which is replaced by a folder', async () => {
    await rm(join(upper, 'cfg'), { recursive: true })
    await symlink(outside, join(upper, 'cfg'))
    expect(await readFile(planted(), 'utf8')).toBe(secret)

    await expect(files.read('cfg/server.cfg', limit)).rejects.toMatchObject({
      code: 'file-refused',
      message: expect.stringContaining('cfg is not a folder'),
    })
    await expect(files.remove('cfg/server.cfg')).rejects.toMatchObject({ code: 'file-refused' })
    await files.replace('cfg/server.cfg', 'ours')
    expect(await readFile(planted(), 'utf8')).toBe('ours')
    expect(await outsideUnchanged()).toBe(true)
  })

  it('do not hold a reader up that is a FIFO', async () => {
    execFileSync('mkfifo', [planted()])
    const blocked = new Promise<boolean>(resolve => {
      execFile('timeout', ['0.2', 'cat', planted()], error => resolve(error?.code === 124))
    })
    expect(await blocked).toBe(true)

    await expect(files.read('cfg/server.cfg', limit)).rejects.toMatchObject({ code: 'file-refused' })
    await files.replace('cfg/server.cfg', 'ours')
    expect(String(await files.read('cfg/server.cfg', limit))).toBe('ours')
  })

  it('are refused when they are a socket', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(planted(), resolve))
    await expect(files.read('cfg/server.cfg', limit)).rejects.toMatchObject({ code: 'file-refused' })
    await files.replace('cfg/server.cfg', 'ours')
    await new Promise(resolve => server.close(resolve))
  })

  it('are not read, nor written, when they are a second name of another file', async () => {
    await link(join(outside, 'server.cfg'), planted())
    expect(await readFile(planted(), 'utf8')).toBe(secret)

    await expect(files.read('cfg/server.cfg', limit)).rejects.toMatchObject({ code: 'file-refused' })
    await files.replace('cfg/server.cfg', 'ours')
    expect(await outsideUnchanged()).toBe(true)
    expect(String(await files.read('cfg/server.cfg', limit))).toBe('ours')
  })

  it('are refused at ten gigabytes of nothing, without being read', async () => {
    await writeFile(planted(), '')
    await truncate(planted(), 10 * 1024 ** 3)
    expect((await stat(planted())).size).toBe(10 * 1024 ** 3)
    await expect(files.read('cfg/server.cfg', limit)).rejects.toMatchObject({ code: 'file-refused' })
  })

  it('are read up to exactly the limit', async () => {
    await files.replace('cfg/server.cfg', 'x'.repeat(limit))
    expect((await files.read('cfg/server.cfg', limit))?.length).toBe(limit)
    await files.replace('cfg/server.cfg', 'x'.repeat(limit + 1))
    await expect(files.read('cfg/server.cfg', limit)).rejects.toMatchObject({ code: 'file-refused' })
  })

  it('are replaced where an empty folder is, and refused by name where a full one is', async () => {
    await mkdir(planted())
    await expect(files.read('cfg/server.cfg', limit)).rejects.toMatchObject({ code: 'file-refused' })
    await files.replace('cfg/server.cfg', 'ours')
    await rm(planted())
    await mkdir(planted())
    await writeFile(join(planted(), 'x'), '')
    await expect(files.replace('cfg/server.cfg', 'ours')).rejects.toMatchObject({
      code: 'file-refused',
      message: 'cfg/server.cfg is a folder with files in it.',
      remedy: expect.stringContaining('reset'),
    })
    expect(await readdir(join(upper, 'cfg'))).toEqual(['server.cfg'])
  })

  it('replace a file that stands where a folder belongs', async () => {
    await rm(join(upper, 'cfg'), { recursive: true })
    await writeFile(join(upper, 'cfg'), 'not a folder')
    await files.replace('cfg/server.cfg', 'ours')
    expect(String(await files.read('cfg/server.cfg', limit))).toBe('ours')
  })

  it('are refused by name in a folder without permissions, which only root has anyway', async () => {
    await chmod(join(upper, 'cfg'), 0)
    const outcome = await files.replace('cfg/server.cfg', 'ours').catch(error => error)
    await chmod(join(upper, 'cfg'), 0o700)
    if (process.getuid?.() === 0) expect(outcome).toBeUndefined()
    else expect(outcome).toMatchObject({ code: 'file-refused', message: expect.stringContaining('cfg') })
  })

  it.each([
    '/etc/passwd',
    '../outside/server.cfg',
    'cfg/../../outside/server.cfg',
    'cfg//server.cfg',
    'cfg/./server.cfg',
    '',
    'cfg/',
    'cfg\\server.cfg',
    'cfg/a\u0000b',
    'cfg/a\nb',
    'x'.repeat(300),
    `${'a/'.repeat(600)}a`,
    'cfg/\ud800',
  ])('are not found by a path that is none: %j', async path => {
    for (const attempt of [files.read(path, limit), files.replace(path, 'x'), files.remove(path)])
      await expect(attempt).rejects.toMatchObject({ code: 'bad-path' })
    expect(await outsideUnchanged()).toBe(true)
  })

  describe('while a folder is swapped for a link again and again', () => {
    let swapper: Worker

    beforeEach(async () => {
      await writeFile(planted(), 'harmless')
      swapper = new Worker(
        `const { renameSync, rmSync, symlinkSync, unlinkSync } = require('node:fs')
const cfg = ${JSON.stringify(join(upper, 'cfg'))}
const attempt = action => { try { action(); return true } catch { return false } }
for (;;) {
  attempt(() => renameSync(cfg, cfg + '-kept'))
  attempt(() => symlinkSync(${JSON.stringify(outside)}, cfg))
  attempt(() => unlinkSync(cfg))
  // A writer may have put a folder there meanwhile.
  if (!attempt(() => renameSync(cfg + '-kept', cfg))) attempt(() => rmSync(cfg, { recursive: true }))
}`,
        { eval: true },
      )
      // The negative control: by its path alone the file is soon another one.
      await eventually('a reader by path is led astray', async () => {
        for (let round = 0; round < 100; round++)
          if ((await readFile(planted(), 'utf8').catch(() => '')) === secret) return true
        return false
      })
    })

    afterEach(() => swapper.terminate())

    it('nothing else is ever read', async () => {
      let read = 0
      for (let round = 0; round < 2000 || read === 0; round++) {
        const content = await files.read('cfg/server.cfg', limit).catch(() => null)
        if (content === null) continue
        expect(String(content)).toBe('harmless')
        read++
      }
    })

    it('nothing else is ever listed', async () => {
      await writeFile(join(outside, 'database'), secret)
      let listed = 0
      for (let round = 0; round < 1000 || listed === 0; round++) {
        const names = (await files.list('cfg').catch(() => null))?.map(({ name }) => name)
        if (!names) continue
        expect(names).not.toContain('database')
        listed++
      }
      for (let round = 0; round < 20; round++) {
        const { folders } = await files.upper()
        expect(JSON.stringify(folders)).not.toContain('database')
      }
    })

    it('nothing else is ever written', async () => {
      for (let round = 0; round < 1000; round++)
        await files.replace('cfg/mine.cfg', 'ours').catch(() => undefined)
      expect(await readdir(outside)).toEqual(['server.cfg'])
      expect(await outsideUnchanged()).toBe(true)
    })
  })
})
