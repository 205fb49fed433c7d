import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Lets Node keep what it makes of our TypeScript, which otherwise costs most of a short command's time. In the user's own
 * cache folder: what lies there is run, and Node's default is in /tmp. Where that can't be written nothing is kept.
 */
export function keepCompiled() {
  const folder = process.env['XDG_CACHE_HOME']
  // Node 20 has none, and hands over to Node 24.
  module.enableCompileCache?.(
    join(folder?.startsWith('/') ? folder : join(homedir(), '.cache'), 'left4me', 'compiled'),
  )
}
