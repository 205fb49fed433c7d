import { mkdir } from 'node:fs/promises'
import { layoutOf } from '../layout.ts'
import { findPrograms } from '../process/programs.ts'
import { defaultScriptLimits, ProcessScriptRunner } from '../process/scripts/process-script-runner.ts'

/** Runs one script in the process driver's sandbox, to be killed meanwhile: build-script.ts ROOT SCRIPT. */
const [root = '', script = ''] = process.argv.slice(2)
const layout = layoutOf(root)
const { programs } = findPrograms({})
if (!programs) throw new Error('programs are missing')
await mkdir(layout.overlay(1).draft, { recursive: true })
const runner = new ProcessScriptRunner({ layout, programs: () => programs, limits: defaultScriptLimits })
await runner.run(1, script, {
  onOutput: () => undefined,
  signal: new AbortController().signal,
  maxBytes: 1_000_000,
})
