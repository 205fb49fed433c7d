import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { driverContract } from '../testing/driver/driver-contract.ts'
import { openProcessHarness } from '../testing/process-harness.ts'

describeWithLayers('the process driver', () => {
  driverContract('as every driver', () => openProcessHarness())
})
