import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packZip } from '@left4me/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultUnpackerPatience, runUnpacker } from './run-unpacker.ts'
import type { UnpackerTask } from './unpacker/messages.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'left4me-unpacker-'))
  await mkdir(join(folder, 'work', 'files'), { recursive: true })
  await writeFile(join(folder, 'outside.zip'), packZip([{ path: 'a.txt', content: Buffer.from('a') }]))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function run(task: Partial<UnpackerTask>): Promise<void> {
  return runUnpacker(
    {
      folder: join(folder, 'work'),
      archive: 'archive',
      files: 'files',
      kind: 'zip',
      limits: { files: 10, bytes: 1000, ratio: 100 },
      ...task,
    },
    { onProgress: () => undefined, signal: new AbortController().signal, patience: defaultUnpackerPatience },
  )
}

const cause = (error: unknown) => String((error as { cause?: unknown }).cause)

describe('the unpacker', () => {
  it('reads its own folder', async () => {
    await copyFile(join(folder, 'outside.zip'), join(folder, 'work', 'archive'))
    await run({})
    expect(await readdir(join(folder, 'work', 'files'))).toEqual(['a.txt'])
  })

  it('can’t read beside it, although the same archive is there', async () => {
    const error: unknown = await run({ archive: '../outside.zip' }).catch(reason => reason)
    expect(error).toMatchObject({ code: 'archive-refused' })
    expect(cause(error)).toContain('ERR_ACCESS_DENIED')
  })

  it('can’t write into the folder of the archive itself', () => {
    const program = `import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[1], 'x')`
    const write = (allowed: string) =>
      spawnSync(
        process.execPath,
        [
          '--permission',
          `--allow-fs-write=${allowed}`,
          '--input-type=module',
          '-e',
          program,
          join(folder, 'work', 'archive'),
        ],
        { encoding: 'utf8' },
      )
    expect(write(`${join(folder, 'work', 'files')}/`).stderr).toContain('ERR_ACCESS_DENIED')
    // The negative control.
    expect(write(`${join(folder, 'work')}/`).status).toBe(0)
  })
})
