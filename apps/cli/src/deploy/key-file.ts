import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { KeySource } from '@left4me/converge'
import { CommandError } from '../cli-error.ts'

/**
 * The deployment's key in the file `path`, 32 random bytes as base64url, of which hosts' secrets are derived. It is read
 * when a secret is needed first, and made then, for its owner only, when it isn't there. A key that others can read is
 * refused.
 */
export function keyFile(path: string, options: { onMade: (path: string) => void }): KeySource {
  let key: string | undefined
  return () => {
    key ??= readKey(path) ?? makeKey(path, options.onMade)
    return key
  }
}

function readKey(path: string): string | null {
  try {
    const { mode } = statSync(path)
    if ((mode & 0o077) !== 0)
      throw new CommandError(`${path} can be read by others than its owner. Run chmod 600 ${path}.`)
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Under its name only when it is whole, and only once: of two at the same time the second takes the first's. */
function makeKey(path: string, onMade: (path: string) => void): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const made = `${path}.${process.pid}`
  try {
    writeFileSync(made, `${randomBytes(32).toString('base64url')}\n`, {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    })
    linkSync(made, path)
    onMade(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(made, { force: true })
  }
  const key = readKey(path)
  if (key === null) throw new CommandError(`${path} was just made and is gone. Try again.`)
  return key
}
