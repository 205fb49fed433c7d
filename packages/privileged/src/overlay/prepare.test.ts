import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { parseInstanceName } from '../arguments/names.ts'
import { serviceUserId } from '../host-paths.ts'
import { openTemporaryHost, type TemporaryHost } from '../testing/temporary-host.ts'
import { prepareServer } from './prepare.ts'
import { readInstanceEnvironment } from './read-environment.ts'

const name =
  parseInstanceName('my-server') ??
  (() => {
    throw new Error('no name')
  })()

describeWith(['root'], "a server's folders", () => {
  let host: TemporaryHost
  beforeEach(() => {
    host = openTemporaryHost()
  })
  afterEach(() => host[Symbol.dispose]())

  const owners = (folder: string) =>
    ['', 'upper', 'work', 'merged'].map(inner => {
      const { uid, mode } = lstatSync(join(folder, inner))
      return `${inner} ${uid} ${(mode & 0o7777).toString(8)}`
    })

  it("are root's but for the upper, and work is root's alone, whatever the caller's umask is", () => {
    const umask = process.umask(0o022)
    const { runtime } = prepareServer(host.paths, name)
    process.umask(umask)
    expect(owners(runtime)).toEqual([' 0 755', `upper ${serviceUserId} 755`, 'work 0 700', 'merged 0 755'])
  })

  it('stay as they are when they are there, with what is in the upper', () => {
    const { upper, runtime } = prepareServer(host.paths, name)
    writeFileSync(join(upper, 'kept'), '')
    rmSync(join(runtime, 'merged'), { recursive: true })
    prepareServer(host.paths, name)
    expect(lstatSync(join(upper, 'kept')).isFile()).toBe(true)
    expect(owners(runtime)).toHaveLength(4)
  })

  it('include no upper before everything else is there: whoever finds one uses it', () => {
    const { runtime } = prepareServer(host.paths, name)
    for (const inner of ['upper', 'work']) rmSync(join(runtime, inner), { recursive: true })
    writeFileSync(join(runtime, 'work'), '')
    expect(() => prepareServer(host.paths, name)).toThrow(expect.objectContaining({ code: 'unsafe-path' }))
    expect(readdirSync(runtime)).not.toContain('upper')
    rmSync(join(runtime, 'work'))
    prepareServer(host.paths, name)
    expect(owners(runtime)).toContain(`upper ${serviceUserId} 755`)
  })

  it('are completed when a call was cut off before the upper was', () => {
    const { runtime } = prepareServer(host.paths, name)
    renameSync(join(runtime, 'upper'), join(runtime, '.upper'))
    chownSync(join(runtime, '.upper'), 0, 0)
    prepareServer(host.paths, name)
    expect(owners(runtime)).toContain(`upper ${serviceUserId} 755`)
    expect(readdirSync(runtime).sort()).toEqual(['merged', 'upper', 'work'])
  })

  it.each([
    ['the runtime folder belongs to the service user', (paths: string) => chownSync(paths, serviceUserId, 0)],
    ['everybody may write into the runtime folder', (paths: string) => chmodSync(paths, 0o777)],
  ])('are refused when %s', (_, spoil) => {
    spoil(host.paths.runtime)
    expect(() => prepareServer(host.paths, name)).toThrow(expect.objectContaining({ code: 'unsafe-path' }))
  })

  it.each([
    ['the server’s folder is a link', '', (place: string) => symlinkSync('/tmp', place)],
    [
      'the server’s folder is the service user’s',
      '',
      (place: string) => {
        mkdirSync(place)
        chownSync(place, serviceUserId, serviceUserId)
      },
    ],
    ['the upper is a link', 'upper', (place: string) => symlinkSync('/etc', place)],
    ['the upper is root’s', 'upper', (place: string) => mkdirSync(place)],
    ['work is a link', 'work', (place: string) => symlinkSync('/etc', place)],
    [
      'work is the service user’s',
      'work',
      (place: string) => {
        mkdirSync(place)
        chownSync(place, serviceUserId, serviceUserId)
      },
    ],
    ['merged is a link', 'merged', (place: string) => symlinkSync('/etc', place)],
    ['merged is a file', 'merged', (place: string) => writeFileSync(place, '')],
  ])('are refused when %s', (_, inner, make) => {
    const { runtime } = prepareServer(host.paths, name)
    rmSync(join(runtime, inner), { recursive: true })
    make(join(runtime, inner))
    expect(() => prepareServer(host.paths, name)).toThrow(expect.objectContaining({ code: 'unsafe-path' }))
  })
})

describeWith(['root'], "a server's environment", () => {
  let host: TemporaryHost
  beforeEach(() => {
    host = openTemporaryHost()
  })
  afterEach(() => host[Symbol.dispose]())

  const good = 'L4D2_PORT=27015\nL4D2_ARGS=\nL4D2_LOWERDIRS=installation\n'
  const write = (text: string | Buffer): void => {
    const file = join(host.serviceFolder(`instances/${name}`), 'instance.env')
    rmSync(file, { force: true })
    writeFileSync(file, text)
    chownSync(file, serviceUserId, serviceUserId)
  }
  const refusal = (message: RegExp) =>
    expect.objectContaining({ code: 'bad-environment', message: expect.stringMatching(message) })

  it('is read and understood', () => {
    write(good)
    expect(readInstanceEnvironment(host.paths, name)).toEqual({
      port: 27015,
      arguments: [],
      lowerdirs: ['installation'],
    })
  })

  it('is refused with the reason when it is missing, a link, too large, no text or not understood', () => {
    const read = () => readInstanceEnvironment(host.paths, name)
    expect(read).toThrow(refusal(/isn't there\.$/))
    write(good + 'x'.repeat(200_000))
    expect(read).toThrow(refusal(/has more than 131072 bytes\.$/))
    write(Buffer.from([0xff]))
    expect(read).toThrow(refusal(/isn't text in UTF-8\.$/))
    write(`${good}LD_PRELOAD=/tmp/x.so\n`)
    expect(read).toThrow(refusal(/has a line that is none of its settings\.$/))
    const file = join(host.paths.instances, name, 'instance.env')
    rmSync(file)
    symlinkSync('/etc/shadow', file)
    expect(read).toThrow(refusal(/is a link\.$/))
  })
})
