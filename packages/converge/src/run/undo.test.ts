import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { describe, expect, it } from 'vitest'
import { action } from '../items/action.ts'
import { directory } from '../items/directory.ts'
import { file } from '../items/file.ts'
import { service } from '../items/service.ts'
import { symlink } from '../items/symlink.ts'
import { fakeMachine } from '../testing/fake-programs.ts'
import { Scratch } from '../testing/scratch.ts'
import { rollback } from './rollback.ts'

describe('rollback', () => {
  it('puts back content, modes, links and absence, run by run', async () => {
    using scratch = new Scratch()
    const items = (content: string) => [
      directory(scratch.path('d')),
      file(scratch.path('d/a'), { content, mode: '0640' }),
      symlink(scratch.path('link'), { target: content }),
    ]
    const back = () => rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    await scratch.apply(items('one'))
    await scratch.apply(items('two'))
    expect((await scratch.apply(items('two'))).generation).toBe(null)
    expect(await back()).toMatchObject({ generation: 2, exitCode: 0, left: [], failed: [] })
    expect(readFileSync(scratch.path('d/a'), 'utf8')).toBe('one')
    expect(statSync(scratch.path('d/a')).mode & 0o7777).toBe(0o640)
    expect(readlinkSync(scratch.path('link'))).toBe('one')
    expect((await scratch.plan(items('one'))).exitCode).toBe(0)
    expect(await back()).toMatchObject({ generation: 1, exitCode: 0 })
    expect(existsSync(scratch.path('d'))).toBe(false)
    await expect(back()).rejects.toThrow('no generation')
  })

  it('leaves what somebody has changed since', async () => {
    using scratch = new Scratch()
    await scratch.apply([file(scratch.path('a'), { content: 'one' })])
    await scratch.apply([file(scratch.path('a'), { content: 'two' })])
    writeFileSync(scratch.path('a'), 'mine')
    const report = await rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect(report.left).toEqual([scratch.path('a')])
    expect(readFileSync(scratch.path('a'), 'utf8')).toBe('mine')
  })

  it('goes through the links that the node managed then, and through no others', async () => {
    using scratch = new Scratch()
    mkdirSync(scratch.path('real'))
    const items = (content: string) => [
      symlink(scratch.path('link'), { target: scratch.path('real') }),
      file(scratch.path('link/a'), { content }),
    ]
    await scratch.apply(items('one'))
    await scratch.apply(items('two'))
    const back = () => rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect(await back()).toMatchObject({ exitCode: 0, failed: [] })
    expect(readFileSync(scratch.path('real/a'), 'utf8')).toBe('one')
    await scratch.apply([file(scratch.path('real/a'), { content: 'three' })])
    renameSync(scratch.path('real'), scratch.path('elsewhere'))
    symlinkSync(scratch.path('elsewhere'), scratch.path('real'))
    expect((await back()).failed[0]).toContain("link that this node doesn't manage")
    expect(readFileSync(scratch.path('elsewhere/a'), 'utf8')).toBe('three')
    // Nothing is given up: once the link is away the same run is undone.
    rmSync(scratch.path('real'))
    renameSync(scratch.path('elsewhere'), scratch.path('real'))
    expect(await back()).toMatchObject({ exitCode: 0, generation: 2 })
    expect(readFileSync(scratch.path('real/a'), 'utf8')).toBe('one')
  })

  it('runs nothing out of a state folder that others can change, and says that it can’t use one', async () => {
    using scratch = new Scratch()
    await scratch.apply([file(scratch.path('a'), { content: 'one' })])
    chmodSync(scratch.stateFolder, 0o777)
    const back = (stateFolder: string) => rollback(scratch.transport, { stateFolder })
    await expect(back(scratch.stateFolder)).rejects.toThrow(/can't be used: .*writable by everybody/)
    expect(existsSync(scratch.path('a'))).toBe(true)
    await expect(back(scratch.path('a/state'))).rejects.toThrow(/can't be used: .*Not a directory/)
  })

  it('names the services that react again, and no action that can’t', async () => {
    using scratch = new Scratch()
    scratch.transport = fakeMachine(scratch.folder)
    mkdirSync(scratch.path('units/app.service'))
    const items = (content: string) => [
      file(scratch.path('a'), { content, triggers: ['service:app', 'action:read'] }),
      service('app', { running: true }),
      action('read', { command: 'true', triggered: true }),
    ]
    await scratch.apply(items('one'))
    await scratch.apply(items('two'))
    const report = await rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect(report.reacted).toEqual(['service:app'])
    expect(readFileSync(scratch.path('log'), 'utf8')).toMatch(/daemon-reload\ntry-restart app.service\n$/)
  })

  it('puts back the mode of a file whose content is somebody’s own, but no content that was edited since', async () => {
    using scratch = new Scratch()
    const modes = () => ['a', 'b'].map(name => statSync(scratch.path(name)).mode & 0o7777)
    const own = () => ['a', 'b'].map(name => file(scratch.path(name), { mode: '0600' }))
    for (const name of ['a', 'b']) writeFileSync(scratch.path(name), 'mine', { mode: 0o644 })
    expect((await scratch.apply(own())).counts.fixed).toBe(2)
    writeFileSync(scratch.path('b'), 'edited')
    const report = await rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect(report).toMatchObject({ restored: [scratch.path('a')], left: [scratch.path('b')], exitCode: 0 })
    expect(modes()).toEqual([0o644, 0o600])
    expect(readFileSync(scratch.path('b'), 'utf8')).toBe('edited')
  })
})
