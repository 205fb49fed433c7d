import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { layoutOf } from '../../layout.ts'
import { eventually } from '../../testing/eventually.ts'
import { SystemdScriptRunner } from './systemd-script-runner.ts'

let root: string
let helper: string
let runner: SystemdScriptRunner

/** Runs until it is told to cancel, and reports so as root's helper does. */
const standIn = (folder: string) => `#!/bin/sh
  cd '${folder}'
  if [ "$1" = cancel ]; then touch cancelled; exit; fi
  echo begun
  until [ -e cancelled ]; do sleep 0.05; done
  echo '{"outcome":"cancelled","exitCode":null,"signal":null,"message":"","remedy":"","memoryPeakBytes":null,"cpuSeconds":null}' >&2`

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'left4me-script-runner-'))
  const layout = layoutOf(root)
  await mkdir(layout.overlay(7).draft, { recursive: true })
  helper = join(root, 'helper')
  await writeFile(helper, standIn(root))
  await chmod(helper, 0o755)
  runner = new SystemdScriptRunner({ layout, helper: [helper] })
})
afterEach(() => rm(root, { recursive: true }))

it('a cancel whose helper can’t be started is tried again until the script has ended', async () => {
  const cancelling = new AbortController()
  let output = ''
  const running = runner.run(7, 'sleep 1000', {
    onOutput: chunk => {
      output += chunk
    },
    signal: cancelling.signal,
    maxBytes: 1024 ** 2,
  })
  await eventually('the script began', () => output !== '')
  await rename(helper, `${helper}.away`)
  // It is called before abort() returns, and isn't there.
  cancelling.abort()
  await rename(`${helper}.away`, helper)
  expect(await running).toMatchObject({ outcome: 'cancelled' })
})
