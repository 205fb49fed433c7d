import { becomeProgram } from '../../apps/cli/bin/run-program.mjs'
import { installMissingPrograms } from './install-missing-programs.ts'

/**
 * `npm test [-- ARGUMENTS OF VITEST]`: installs the programs that some suites need where it may, and becomes Vitest,
 * whose last line is then the last line.
 */
installMissingPrograms({ chromium: 'chromium', git: 'git', quakestat: 'qstat' })
const vitest = new URL('../../node_modules/vitest/vitest.mjs', import.meta.url).pathname
process.exitCode = await becomeProgram(process.execPath, [vitest, 'run', ...process.argv.slice(2)])
