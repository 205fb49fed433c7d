import { describeWith } from '../../../../tools/test-support/capability.ts'
import { driverContract } from '../testing/driver-contract.ts'
import { openProcessHarness } from '../testing/process-harness.ts'

describeWith(['overlayfs'], 'the process driver', () => {
  driverContract('as every driver', () => openProcessHarness())
})
