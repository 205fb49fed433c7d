import { contentContract } from '../../../packages/host/src/testing/content-contract.ts'
import { openSystemdHarness } from '../../../packages/host/src/testing/systemd-harness.ts'

contentContract('content on the systemd driver', openSystemdHarness, { limitsProcesses: false })
