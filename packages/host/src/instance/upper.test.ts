import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MergedTree } from '@left4me/protocols'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeTree } from '../files/remove-tree.ts'
import { SafeFolder } from '../files/safe-folder.ts'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { HostileFiles } from './hostile-files.ts'

describeWithLayers('the upper that the kernel made', () => {
  let root: string
  let files: HostileFiles

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-upper-'))
    for (const name of ['lower/gone', 'lower/new', 'lower/kept', 'upper', 'work', 'merged'])
      await mkdir(join(root, name), { recursive: true })
    for (const name of ['gone/a', 'new/b', 'kept/c', 'kept/d'])
      await writeFile(join(root, 'lower', name), 'lower')
    files = new HostileFiles(
      async (_, action) => {
        await using folder = await SafeFolder.open(join(root, 'upper'))
        return await action(folder, 'upper')
      },
      join(root, 'upper'),
    )
  })

  afterEach(() => removeTree(root))

  /** By a shell in the mounted layers. */
  function change(commands: string): void {
    execFileSync('/usr/bin/unshare', [
      '--user',
      '--map-root-user',
      '--mount',
      '/bin/sh',
      '-euc',
      'cd "$0"; mount -t overlay -o userxattr,lowerdir=lower,upperdir=upper,workdir=work left4me merged; cd merged; eval "$1"',
      root,
      commands,
    ])
  }

  it('tells what was written, deleted and made anew', async () => {
    change('echo 12 >kept/c; rm kept/d; rm -r gone; rm -r new; mkdir new; echo 123 >new/own; mkdir empty')
    const upper = await files.upper()
    expect(upper).toEqual({
      folders: [
        { path: 'empty', files: [] },
        { path: 'kept', files: [{ name: 'c', size: 3, mode: 0o644 }] },
        { path: 'new', files: [{ name: 'own', size: 4, mode: 0o644 }] },
      ],
      whiteouts: expect.arrayContaining(['kept/d', 'gone']),
      opaqueFolders: ['new'],
    })
    const lower = ['gone/a', 'new/b', 'kept/c', 'kept/d'].map(path => ({
      path: path.slice(0, path.indexOf('/')),
      files: [{ name: path.slice(-1), size: 5, mode: 0o644 }],
    }))
    const tree = MergedTree.of([upper, { folders: lower }])
    expect(
      [...tree.entries()]
        .filter(({ kind }) => kind !== 'folder')
        .map(({ kind, path }) => `${kind} ${path}`)
        .sort(),
    ).toEqual(['deleted gone', 'deleted kept/d', 'file kept/c', 'file new/own'])
  })

  it('shows links and FIFOs as what hides the layers below', async () => {
    await symlink('/etc/passwd', join(root, 'upper', 'link'))
    execFileSync('mkfifo', [join(root, 'upper', 'fifo')])
    const { folders } = await files.upper()
    expect(folders[0]?.files.map(({ name, size }) => [name, size])).toEqual([
      ['fifo', 0],
      ['link', 0],
    ])
  })

  it('leaves out names that are no text, and is empty where there is none', async () => {
    execFileSync('/bin/sh', ['-c', 'cd "$0/upper"; : >"$(printf "\\377")"; : >plain', root])
    expect((await files.upper()).folders).toEqual([
      { path: '', files: [{ name: 'plain', size: 0, mode: 0o644 }] },
    ])
    expect((await files.list(''))?.map(({ name }) => name)).toEqual(['plain'])
    await removeTree(join(root, 'upper'))
    expect((await files.upper()).folders).toEqual([])
  })

  it('is listed folder by folder', async () => {
    change('mkdir -p cfg/sub; echo 12345 >cfg/a.cfg; ln -s /etc cfg/link')
    expect(await files.list('cfg')).toEqual([
      { name: 'a.cfg', kind: 'file', size: 6 },
      { name: 'link', kind: 'other', size: 0 },
      { name: 'sub', kind: 'folder', size: 0 },
    ])
    for (const path of ['cfg/none', 'cfg/a.cfg', 'cfg/link', 'cfg/link/passwd'])
      expect(await files.list(path)).toBeNull()
    await expect(files.list('../x')).rejects.toMatchObject({ code: 'bad-path' })
  })
})
