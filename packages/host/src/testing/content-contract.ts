import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import type { Host } from '../host.ts'
import type { DriverHarness } from './driver/driver-harness.ts'
import { liveFilesContract } from './live-files-contract.ts'
import { revisionContract } from './revision-contract.ts'
import { scriptContract } from './script-contract.ts'

/** What every driver must do with content, told through the interface alone: overlays, scripts, uploads, live files. */
export function contentContract(
  name: string,
  open: () => Promise<DriverHarness>,
  options: { readonly limitsProcesses: boolean },
): void {
  describe(name, () => {
    let harness: DriverHarness

    beforeAll(async () => {
      harness = await open()
    })

    afterAll(() => harness.dispose())

    afterEach(() => harness.reset())

    const host = (): Host => harness.host
    describe('revisions', () => revisionContract(host))
    describe('scripts', () => scriptContract(host, options))
    describe('files of a running server', () => liveFilesContract(host))
  })
}
