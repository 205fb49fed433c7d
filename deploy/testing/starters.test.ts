import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../scripts/libexec')
const names = readdirSync(folder)

describe("a helper's starter", () => {
  test.each(names)('%s runs its program with an environment and an interpreter that are root’s', name => {
    const program = name.replace('left4me-', '')
    expect(readFileSync(join(folder, name), 'utf8')).toBe(`#!/bin/sh
# Root's helper: its own interpreter, cache and environment, whatever it was called with.
exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 NODE_COMPILE_CACHE=/var/cache/left4me-helpers \\
	/usr/local/lib/left4me/node/bin/node /opt/left4me/src/packages/privileged/src/bin/${program}.ts "$@"
`)
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o755)
  })

  test.each(names)('%s has a program', name => {
    const program = `${name.replace('left4me-', '')}.ts`
    expect(existsSync(join(import.meta.dirname, '../../packages/privileged/src/bin', program))).toBe(true)
  })
})
