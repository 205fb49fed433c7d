import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import { heapFlags } from '../steamcmd/program-files.ts'

const run = promisify(execFile)
/** Node looks for its program behind this name and this mark (nodejs.org/api/single-executable-applications.html). */
const blobName = 'NODE_SEA_BLOB'
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/**
 * Writes the whole simulator as one executable to `target`, which needs neither Node nor a checkout where it runs, only
 * the C and C++ libraries of the system. Called as `steamcmd` or `srcds` (a link will do) it is that program. Replaces
 * an older one; after a failure an older one is still there.
 */
export async function buildExecutable(target: string): Promise<void> {
  const work = await mkdtemp(join(dirname(target), '.simulator-'))
  try {
    const program = join(work, 'program.cjs')
    await using bundle = await rolldown({
      input: join(import.meta.dirname, '../main.ts'),
      platform: 'node',
      // An executable is never its own main module in the sense of `import.meta.main`, nor has it a folder of sources.
      transform: { define: { 'import.meta.main': 'false', 'import.meta.dirname': '""' } },
    })
    await bundle.write({ file: program, format: 'cjs', codeSplitting: false })
    const blob = join(work, 'program.blob')
    const configuration = join(work, 'sea.json')
    await writeFile(
      configuration,
      JSON.stringify({
        main: program,
        output: blob,
        disableExperimentalSEAWarning: true,
        useCodeCache: true,
        execArgv: heapFlags,
      }),
    )
    await run(process.execPath, ['--experimental-sea-config', configuration])
    const executable = join(work, 'executable')
    await copyFile(process.execPath, executable)
    await chmod(executable, 0o755)
    const postject = fileURLToPath(import.meta.resolve('postject/dist/cli.js'))
    await run(process.execPath, [postject, executable, blobName, blob, '--sentinel-fuse', fuse])
    await rename(executable, target)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
