import { execFileSync } from 'node:child_process'
import {
  appendFile,
  link,
  mkdir,
  mkdtempDisposable,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { LogDirectory } from './log-directory.ts'
import { LogFollower, type LogFollowerOptions, type LogPosition } from './log-follower.ts'

const folder = () => mkdtempDisposable(join(tmpdir(), 'left4me-logs-'))
const name = (number: number) => `L000_000_000_000_27015_2024010112${String(number).padStart(2, '0')}_000.log`

/** Follows a folder, collecting texts, until it is disposed. */
class Following implements AsyncDisposable {
  readonly lines: string[] = []
  position: LogPosition | null = null
  readonly #follower: LogFollower
  readonly #done: Promise<void>

  constructor(path: string, from: LogFollowerOptions['from'], onLines?: () => void) {
    this.#follower = new LogFollower({
      files: new LogDirectory(path),
      from,
      intervalMs: 5,
      onLines: (lines, position) => {
        onLines?.()
        this.lines.push(...lines.map(line => line.text))
        this.position = position
      },
    })
    this.#done = this.#follower.start()
  }

  get done(): Promise<void> {
    return this.#done
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#follower.stop()
    await this.#done.catch(() => {})
  }
}

describe('LogFollower', () => {
  test('waits for the folder and the first file, and follows what is written', async () => {
    await using temporary = await folder()
    const logs = join(temporary.path, 'logs')
    await using following = new Following(logs, 'start')
    await mkdir(logs)
    await writeFile(join(logs, name(1)), 'one\r\ntw')
    await eventually(() => following.lines).toEqual(['one'])
    await appendFile(join(logs, name(1)), 'o\nthree\n')
    await eventually(() => following.lines).toEqual(['one', 'two', 'three'])
  })

  test('goes on with the next file when a map begins, without losing or repeating a line', async () => {
    await using temporary = await folder()
    const path = (number: number) => join(temporary.path, name(number))
    await writeFile(path(1), 'a\n')
    await using following = new Following(temporary.path, 'start')
    await eventually(() => following.lines).toEqual(['a'])
    await appendFile(path(1), 'b\nwithout end')
    await writeFile(path(2), 'c\n')
    await writeFile(path(3), 'd\n')
    await eventually(() => following.lines).toEqual(['a', 'b', 'without end', 'c', 'd'])
  })

  test('keeps every line while files change under load', async () => {
    await using temporary = await folder()
    await using following = new Following(temporary.path, 'start')
    const expected: string[] = []
    for (let file = 1; file <= 10; file += 1) {
      for (let line = 0; line < 30; line += 1) {
        expected.push(`${file}-${line}`)
        await appendFile(join(temporary.path, name(file)), `${file}-${line}\n`)
      }
    }
    await eventually(() => following.lines.length).toBe(expected.length)
    expect(following.lines).toEqual(expected)
  })

  test('begins at the end where asked to', async () => {
    await using temporary = await folder()
    await writeFile(join(temporary.path, name(1)), 'old\n')
    await writeFile(join(temporary.path, name(2)), 'older lines of the last file\n')
    await using following = new Following(temporary.path, 'end')
    await using whole = new Following(temporary.path, 'start')
    await eventually(() => whole.lines.length).toBe(2)
    // It may look for the end after the first of them.
    await expect
      .poll(async () => {
        await appendFile(join(temporary.path, name(2)), 'new\n')
        return following.lines.length
      })
      .toBeGreaterThan(0)
    expect(new Set(following.lines)).toEqual(new Set(['new']))
  })

  test('goes on where an earlier one was, in the middle of a line too', async () => {
    await using temporary = await folder()
    const path = join(temporary.path, name(1))
    await writeFile(path, 'one\ntwo\nthr')
    let position: LogPosition | null = null
    {
      await using first = new Following(temporary.path, 'start')
      await eventually(() => first.lines).toEqual(['one', 'two'])
      position = first.position
    }
    await appendFile(path, 'ee\n')
    if (position === null) throw new Error('There is no position.')
    await using second = new Following(temporary.path, position)
    await eventually(() => second.lines).toEqual(['three'])
  })

  test('goes on with the next file when the present one is deleted', async () => {
    await using temporary = await folder()
    await writeFile(join(temporary.path, name(1)), 'a\n')
    await using following = new Following(temporary.path, 'start')
    await eventually(() => following.lines).toEqual(['a'])
    await rm(join(temporary.path, name(1)))
    await writeFile(join(temporary.path, name(2)), 'b\n')
    await eventually(() => following.lines).toEqual(['a', 'b'])
  })

  test('reads a file anew that was made shorter', async () => {
    await using temporary = await folder()
    const path = join(temporary.path, name(1))
    await writeFile(path, 'a long first line\n')
    await using following = new Following(temporary.path, 'start')
    await eventually(() => following.lines).toHaveLength(1)
    await truncate(path, 0)
    await appendFile(path, 'b\n')
    await eventually(() => following.lines.at(-1)).toBe('b')
  })

  test('rejects with what its listener threw', async () => {
    await using temporary = await folder()
    await writeFile(join(temporary.path, name(1)), 'a\n')
    await using following = new Following(temporary.path, 'start', () => {
      throw new Error('full')
    })
    await expect(following.done).rejects.toThrow('full')
  })
})

describe('LogDirectory', () => {
  test('reads plain files only: no link, no second name, no FIFO, no folder', async () => {
    await using temporary = await folder()
    const logs = join(temporary.path, 'logs')
    await mkdir(logs)
    const outside = join(temporary.path, 'secret')
    await writeFile(outside, 'secret\n')
    await writeFile(join(logs, name(1)), 'plain\n')
    await symlink(outside, join(logs, name(2)))
    await link(outside, join(logs, name(3)))
    execFileSync('mkfifo', [join(logs, name(4))])
    await mkdir(join(logs, name(5)))
    const files = new LogDirectory(logs)
    expect((await files.list()).sort()).toEqual([1, 2, 3, 4, 5].map(name))
    expect((await files.read(name(1), 0, 100))?.bytes).toEqual(new Uint8Array(Buffer.from('plain\n')))
    for (const number of [2, 3, 4, 5, 6])
      expect(await files.read(name(number), 0, 100), name(number)).toBeNull()
  })

  test('does not go through a link in the place of the folder', async () => {
    await using temporary = await folder()
    await mkdir(join(temporary.path, 'real'))
    await writeFile(join(temporary.path, 'real', name(1)), 'x')
    await symlink(join(temporary.path, 'real'), join(temporary.path, 'logs'))
    const files = new LogDirectory(join(temporary.path, 'logs'))
    expect(await files.list()).toEqual([])
    expect(await files.read(name(1), 0, 10)).toBeNull()
  })
})
