import { contentContract } from '../testing/content-contract.ts'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { openProcessHarness } from '../testing/process-harness.ts'

describeWithLayers('content on the process driver', () => {
  contentContract('as on every driver', () => openProcessHarness(), { limitsProcesses: true })
})
