import { execFileSync } from 'node:child_process'
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Overlay, Server } from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../../testing/product-bed.ts'

/**
 * What a plugin can leave in a server's upper before the next start writes there. The database stands for everything
 * that the web application may write and a game may not.
 */
describeWith(['overlayfs'], 'a hostile upper', () => {
  let bed: ProductBed
  let owner: Person
  let server: Server
  let overlay: number
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    owner = await bed.addPerson('zoey')
    const { body } = await owner.send<Overlay>('POST', '/api/v1/overlays', { name: 'Brings', kind: 'upload' })
    overlay = body.id
    await owner.upload(overlay, 'left4dead2/cfg/server.cfg', 'sv_region 1\n')
    await bed.done(owner, `/api/v1/overlays/${overlay}/build`)
    server = await bed.newServer(owner, 'Hostile', { overlayIds: [overlay] })
    expect((await start()).state).toBe('succeeded')
    await bed.done(owner, `/api/v1/servers/${server.id}/stop`)
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const start = () => bed.done(owner, `/api/v1/servers/${server.id}/start`)
  const inUpper = (path: string) => bed.upper(server.id, path)
  /** A file of the platform's own, beside the database. */
  const treasure = () => {
    const file = `${bed.root}/data/treasure`
    writeFileSync(file, 'untouched')
    return file
  }
  const plant = (path: string, how: (path: string) => void) => {
    const file = inUpper(path)
    rmSync(file, { recursive: true, force: true })
    mkdirSync(dirname(file), { recursive: true })
    how(file)
    return file
  }

  const places: [string, () => string][] = [
    ['server.cfg', () => 'left4dead2/cfg/server.cfg'],
    ['an overlay’s config', () => `left4dead2/cfg/server_${overlay}.cfg`],
  ]
  const tricks: [string, (file: string, target: string) => void][] = [
    ['a link to a file of the platform', (file, target) => symlinkSync(target, file)],
    ['a hard link of one', (file, target) => linkSync(target, file)],
    ['a FIFO', file => execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', file])],
    [
      'a sparse file of 10 GB',
      file => {
        writeFileSync(file, '')
        truncateSync(file, 10 * 1024 ** 3)
      },
    ],
  ]

  describe.each(tricks)('%s in place of a generated file', (_, trick) => {
    test.each(places)('(%s) is replaced, never written through', async (_name, place) => {
      const target = treasure()
      const file = plant(place(), path => trick(path, target))
      const job = await start()
      expect(job.error).toBeNull()
      expect(readFileSync(target, 'utf8')).toBe('untouched')
      const stat = lstatSync(file)
      expect([stat.isFile(), stat.nlink]).toEqual([true, 1])
      expect(stat.size).toBeLessThan(10_000)
      await bed.done(owner, `/api/v1/servers/${server.id}/stop`)
    })
  })

  test('the folder itself as a link out of the upper leads nowhere', async () => {
    const folder = inUpper('left4dead2/cfg')
    rmSync(folder, { recursive: true })
    const outside = `${bed.root}/data/outside`
    mkdirSync(outside, { recursive: true })
    symlinkSync(outside, folder)
    const job = await start()
    // Refused or replaced: either is right, as long as nothing is written outside.
    if (job.state === 'failed') expect(job.error?.message).toMatch(/\S/)
    else await bed.done(owner, `/api/v1/servers/${server.id}/stop`)
    expect(execFileSync('ls', ['-A', outside]).toString()).toBe('')
    rmSync(folder, { recursive: true, force: true })
    expect((await start()).error).toBeNull()
    await bed.done(owner, `/api/v1/servers/${server.id}/stop`)
  })

  test('(negative control) a plain write to the planted links does reach the platform’s file', () => {
    for (const trick of tricks.slice(0, 2)) {
      const target = treasure()
      const file = plant('left4dead2/cfg/server.cfg', path => trick[1](path, target))
      writeFileSync(file, 'written through')
      expect(readFileSync(target, 'utf8')).toBe('written through')
      rmSync(file)
    }
  })
})
