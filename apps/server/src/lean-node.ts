import { flushCompileCache } from 'node:module'
import { join } from 'node:path'

/**
 * MiB. Six MiB of young objects instead of forty-eight: nearly everything that a request makes is garbage when it is
 * answered. https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib
 */
const semiSpace = '--max-semi-space-size=2'

const settings = {
  /**
   * Where Node keeps modules whose types were stripped. Without it each start strips them again, and the program that
   * does so stays in memory: 25 MB. https://nodejs.org/api/module.html#module-compile-cache
   */
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../../node_modules/.cache/left4me'),
  /**
   * Each hash of a password takes 19 MiB for a moment. glibc would learn from that to keep such blocks for good, some
   * in each thread: 80 MB after a few log-ins. A threshold that is given stays as it is: mallopt(3).
   */
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_ARENA_MAX: '2',
}

/**
 * Becomes Node with the settings that can only be given when it starts: same process, same arguments, a third less
 * memory. Returns where these settings are in force, or this Node can't do it. Nothing of them is passed on to the
 * programs that are started.
 */
export function becomeLeanNode(environment: NodeJS.ProcessEnv): void {
  const lean = process.execArgv.some(argument => argument.startsWith('--max-semi-space-size'))
  if (!lean && typeof process.execve === 'function') {
    const argv = [process.execPath, semiSpace, ...process.execArgv, ...process.argv.slice(1)]
    process.execve(process.execPath, argv, { ...settings, ...environment })
  }
  for (const [name, value] of Object.entries(settings)) {
    if (environment[name] === value) delete environment[name]
  }
}

/** Keeps what was compiled so far, so that it is there also for a start after `kill -9`. */
export function keepCompiledModules(): void {
  setTimeout(flushCompileCache, 2000).unref()
}
