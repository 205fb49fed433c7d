import { driverContract } from '../../../packages/host/src/testing/driver/driver-contract.ts'
import { openSystemdHarness } from '../../../packages/host/src/testing/systemd-harness.ts'

driverContract('the systemd driver', openSystemdHarness)
