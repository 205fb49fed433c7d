import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { List, Overlay } from '@left4me/contract'
import { limits } from '@left4me/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'
import { seedScriptOverlays } from './seed-script-overlays.ts'

const examples = join(import.meta.dirname, '../../../../examples/script-overlays')
const exampleFiles = readdirSync(examples).filter(name => name.endsWith('.sh'))

describe('the example scripts', () => {
  test.each(exampleFiles)(
    '%s is bash that stops at errors, writes only below $OVERLAY, and says its name',
    file => {
      const path = join(examples, file)
      execFileSync('bash', ['-n', path])
      const text = readFileSync(path, 'utf8')
      expect(text).toContain('\nset -euo pipefail\n')
      expect(text).toContain('$OVERLAY/left4dead2')
      expect(text).toMatch(/^# name: .+$/m)
      expect(text).not.toMatch(/http:\/\//)
    },
  )
})

describeWith(['overlayfs'], 'seeding script overlays', () => {
  let bed: ProductBed
  let person: Person
  let folder: string
  beforeAll(async () => {
    bed = await ProductBed.open()
    person = await bed.addPerson('zoey')
    folder = join(bed.root, 'scripts')
  })
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  const seed = () => seedScriptOverlays(bed.config, folder)
  const overlay = async (id: number) => (await bed.admin.get<Overlay>(`/api/v1/overlays/${id}`)).body
  const all = async () => (await bed.admin.get<List<Overlay>>('/api/v1/overlays?limit=200')).body.items

  test('makes shared overlays, refreshes their scripts, keeps their numbers, and says what it did', async () => {
    write('a.sh', '#!/bin/bash\n# name: Plugins of mine\ntrue\n')
    write('my-rates.sh', 'true\n')
    write('notes.txt', 'no script')
    const made = await seed()
    expect(made.map(({ file, name, outcome }) => [file, name, outcome])).toEqual([
      ['a.sh', 'Plugins of mine', 'made'],
      ['my-rates.sh', 'my rates', 'made'],
    ])
    const id = made[0]?.overlayId ?? 0
    expect(await overlay(id)).toMatchObject({ kind: 'script', shared: true, ownerId: null, revision: null })
    expect((await person.get(`/api/v1/overlays/${id}`)).status).toBe(200)

    await bed.admin.send('PATCH', `/api/v1/overlays/${id}`, { name: 'Renamed', shared: false })
    write('a.sh', '# name: Another name\nfalse\n')
    const again = await seed()
    expect(again.map(({ overlayId, outcome }) => [overlayId, outcome])).toEqual([
      [id, 'updated'],
      [made[1]?.overlayId, 'unchanged'],
    ])
    expect(await overlay(id)).toMatchObject({
      name: 'Renamed',
      shared: false,
      script: '# name: Another name\nfalse\n',
      buildNeeded: true,
    })
  })

  test('leaves alone what came from no file, whatever it is called, and what has lost its file', async () => {
    const mine = (
      await bed.admin.send<Overlay>('POST', '/api/v1/overlays', { name: 'b', kind: 'script', script: 'mine' })
    ).body
    write('b.sh', 'seeded\n')
    const [first] = await seed()
    expect(first?.overlayId).not.toBe(mine.id)
    rmSync(join(folder, 'b.sh'))
    write('c.sh', 'seeded\n')
    await seed()
    expect(await overlay(mine.id)).toMatchObject({ script: 'mine' })
    expect(await overlay(first?.overlayId ?? 0)).toMatchObject({ script: 'seeded\n' })
  })

  test.each<[string, () => void, RegExp]>([
    ['a folder without scripts', () => write('x.txt', ''), /holds no script/],
    ['a folder that isn’t there', () => rmSync(folder, { recursive: true }), /can’t be read \(ENOENT\)/],
    ['an empty script', () => write('x.sh', ' \n'), /x\.sh is empty/],
    ['one that is too long', () => write('x.sh', '#'.repeat(limits.scriptLength + 1)), /shorten it/],
    ['one that is no text', () => writeFileSync(join(folder, 'x.sh'), Buffer.from([0xff, 0xfe])), /UTF-8/],
    ['one with a NUL', () => write('x.sh', 'a\0b'), /UTF-8/],
    ['a link to nowhere', () => symlinkSync('/nowhere', join(folder, 'x.sh')), /ENOENT/],
    ['a name that is too long', () => write('x.sh', `# name: ${'n'.repeat(65)}\ntrue`), /shorten “# name:”/],
    [
      'two of one name',
      () => {
        write('x.sh', '# name: Same\ntrue')
        write('y.sh', '# name: Same\nfalse')
      },
      /called “Same”/,
    ],
  ])('%s is refused with what to do, and nothing is written', async (_, prepare, message) => {
    write('good.sh', `true ${Math.random()}`)
    const before = await all()
    if (_ === 'a folder without scripts') rmSync(join(folder, 'good.sh'))
    prepare()
    await expect(seed()).rejects.toMatchObject({
      code: 'seed-refused',
      message: expect.stringMatching(message),
    })
    expect(await all()).toEqual(before)
  })

  test('an example that needs no network is built in the sandbox, as people would build it', async () => {
    const seeded = await seedScriptOverlays(bed.config, examples)
    expect(seeded).toHaveLength(exampleFiles.length)
    const id = seeded.find(({ file }) => file === 'tick-rate.sh')?.overlayId ?? 0
    const job = await bed.done(bed.admin, `/api/v1/overlays/${id}/build`)
    expect(job, JSON.stringify(job.error)).toMatchObject({ state: 'succeeded' })
    const { revision } = await overlay(id)
    const content = await bed.host.overlays.readFile(
      { overlayId: id, revision: revision ?? 0 },
      'left4dead2/cfg/server.cfg',
      4096,
    )
    expect(content?.toString()).toContain('sv_maxcmdrate 60')
  })
})
