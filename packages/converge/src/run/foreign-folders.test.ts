import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { directory } from '../items/directory.ts'
import { file } from '../items/file.ts'
import { Scratch, statusOf } from '../testing/scratch.ts'
import { localShell } from '../transport/transport.ts'
import { rollback } from './rollback.ts'

const theirs = { owner: 'nobody', group: 'nogroup' }

/**
 * A machine on which the owner of `home` is quick: right before `program` runs, they put a link to `outside`, which is
 * root's, in the place of `name`.
 */
function withQuickOwner(program: string, name: string): Scratch {
  const scratch = new Scratch()
  chmodSync(scratch.folder, 0o755)
  for (const folder of ['home', 'bin']) mkdirSync(scratch.path(folder))
  chownSync(scratch.path('home'), 65_534, 65_534)
  const script = `#!/bin/sh
if [ -e '${scratch.path('quick')}' ]; then rm -rf '${scratch.path(name)}'; ln -s ../outside '${scratch.path(name)}'; fi
exec /bin/${program} "$@"
`
  writeFileSync(scratch.path(`bin/${program}`), script, { mode: 0o755 })
  scratch.transport = localShell({ env: { PATH: `${scratch.path('bin')}:/usr/bin:/bin` } })
  return scratch
}

describeWith(['root'], 'in a folder of somebody else', () => {
  it.each(['chown', 'chmod'])(
    'a new file has its owner and mode, and nothing that it was exchanged for at %s',
    async program => {
      using scratch = withQuickOwner(program, 'home/.rc.left4me-new00000')
      writeFileSync(scratch.path('outside'), 'secret', { mode: 0o600 })
      const item = file(scratch.path('home/rc'), { content: 'x', mode: '0644', ...theirs })
      writeFileSync(scratch.path('quick'), '')
      expect(statusOf(await scratch.apply([item]), item.id)).toBe('failed')
      expect(statSync(scratch.path('outside'))).toMatchObject({ uid: 0, mode: 0o100600 })
    },
  )

  it('a folder has its mode, and nothing that it was exchanged for', async () => {
    using scratch = withQuickOwner('chmod', 'home/d')
    mkdirSync(scratch.path('outside'), { mode: 0o700 })
    await scratch.apply([directory(scratch.path('home/d'), { mode: '0700', ...theirs })])
    writeFileSync(scratch.path('quick'), '')
    const item = directory(scratch.path('home/d'), { mode: '0755', ...theirs })
    expect(statusOf(await scratch.apply([item]), item.id)).toBe('failed')
    expect(statSync(scratch.path('outside')).mode & 0o7777).toBe(0o700)
  })

  it('what is put back is written to no file that a link there leads to', async () => {
    using scratch = withQuickOwner('cp', 'home/.rc.left4me-new00000')
    writeFileSync(scratch.path('outside'), 'secret', { mode: 0o600 })
    const item = (content: string) => file(scratch.path('home/rc'), { content, mode: '0644', ...theirs })
    await scratch.apply([item('one')])
    await scratch.apply([item('two')])
    writeFileSync(scratch.path('quick'), '')
    expect(await rollback(scratch.transport, { stateFolder: scratch.stateFolder })).toMatchObject({
      exitCode: 0,
    })
    expect([
      readFileSync(scratch.path('home/rc'), 'utf8'),
      readFileSync(scratch.path('outside'), 'utf8'),
    ]).toEqual(['one', 'secret'])
    expect(lstatSync(scratch.path('home/rc'))).toMatchObject({ uid: 65_534, mode: 0o100644 })
  })
})
