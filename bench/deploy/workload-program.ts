import { keepCompiled } from '../../apps/cli/bin/compile-cache.mjs'

/**
 * `npm run bench:deploy-workload`: applies the workload once to the host `target` of the ssh configuration that
 * BENCH_SSH_CONFIG names. Its last line and its exit code are those of `left4me-deploy apply`.
 */
async function main(): Promise<number> {
  const configuration = process.env['BENCH_SSH_CONFIG']
  if (!configuration) {
    process.stderr.write('bench: set BENCH_SSH_CONFIG to a file for ssh -F that has the host target\n')
    return 2
  }
  // As `left4me-deploy` does, before anything that is to be kept is loaded.
  keepCompiled()
  const { applyWorkload } = await import('./apply-workload.ts')
  return await applyWorkload(configuration)
}

process.exitCode = await main()
