import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hostPaths } from '../host-paths.ts'
import { HeldReserve } from './held-reserve.ts'

const mebibyte = 1024 ** 2
let root: string
let held: HeldReserve

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'left4me-reserve-'))
  held = new HeldReserve({ ...hostPaths, runtime: root })
})
afterEach(() => rmSync(root, { recursive: true }))

/** What is held, without the block or two that a file system may need to say where the others are. */
const heldMebibytes = () => Math.floor(held.size / mebibyte)

it('half of the reserve is held while there is plenty, and given back when nothing else is left', () => {
  const reserve = 8 * mebibyte
  held.adjust({ free: 100 * mebibyte, reserve })
  expect(heldMebibytes()).toBe(4)
  // What is free includes it: short, but not yet of what the others need.
  held.adjust({ free: 7 * mebibyte, reserve })
  expect(heldMebibytes()).toBe(4)
  held.adjust({ free: 4.5 * mebibyte, reserve })
  expect(held.size).toBe(0)
  // Not at once again.
  held.adjust({ free: 9 * mebibyte, reserve })
  expect(held.size).toBe(0)
  held.adjust({ free: 12 * mebibyte, reserve })
  expect(heldMebibytes()).toBe(4)
})

it('of a large reserve it is enough to go on with, of a tiny one nothing', () => {
  held.adjust({ free: 1024 ** 4, reserve: 1 })
  expect(held.size).toBe(0)
  held.adjust({ free: 1024 ** 4, reserve: 5 * 1024 ** 3 })
  expect(heldMebibytes()).toBe(256)
})
