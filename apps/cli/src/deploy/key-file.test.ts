import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keyFile } from './key-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'left4me-key-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('is made when it is needed first, for its owner only, and is the same ever after', async () => {
  const path = join(folder, 'left4me', 'deploy.key')
  const made: string[] = []
  const key = keyFile(path, { onMade: each => made.push(each) })
  await expect(stat(path)).rejects.toThrow('ENOENT')
  const text = key()
  expect(Buffer.from(text ?? '', 'base64url')).toHaveLength(32)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect([key(), keyFile(path, { onMade: each => made.push(each) })()]).toEqual([text, text])
  expect(made).toEqual([path])
})

it('is refused while others can read it', async () => {
  const path = join(folder, 'deploy.key')
  await writeFile(path, `${Buffer.alloc(32, 1).toString('base64url')}\n`)
  await chmod(path, 0o640)
  const key = keyFile(path, { onMade: () => {} })
  expect(key).toThrow(`${path} can be read by others than its owner. Run chmod 600 ${path}.`)
  await chmod(path, 0o600)
  expect(key()).toBe(Buffer.alloc(32, 1).toString('base64url'))
})
