import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, dataFolder } from './config.ts'
import { ConfigError } from './read-config.ts'

/**
 * The key under which tokens are hashed at rest: SECRET_KEY, or the file `data/secret.key`, made at the first start
 * with mode 0600. Losing it logs everybody out and nothing else.
 */
export function loadSecretKey(config: Config): Buffer {
  if (config.secretKey !== null) return Buffer.from(config.secretKey, 'utf8')
  const folder = join(config.root, dataFolder)
  const file = join(folder, 'secret.key')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!isExisting(error)) throw error
    chmodSync(file, 0o600)
  }
  const text = readFileSync(file, 'utf8').trim()
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new ConfigError(
      'SECRET_KEY',
      `is kept in ${file}, which is damaged`,
      'delete that file; everybody has to log in again',
    )
  }
  return Buffer.from(text, 'hex')
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
