import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { saysEventually, specification } from '../instances.ts'
import { crashContract } from './crash-contract.ts'
import type { DriverHarness } from './driver-harness.ts'
import { instanceFilesContract } from './instance-files-contract.ts'
import { layersContract } from './layers-contract.ts'
import { logContract } from './log-contract.ts'
import { startAtBootContract } from './start-at-boot-contract.ts'
import { startContract } from './start-contract.ts'
import { stopContract } from './stop-contract.ts'

/** What every driver must do, told through the interface alone. */
export function driverContract(name: string, open: () => Promise<DriverHarness>): void {
  describe(name, () => {
    let harness: DriverHarness
    const current = () => harness

    beforeAll(async () => {
      harness = await open()
    })

    afterAll(() => harness.dispose())

    afterEach(async () => {
      await harness.reset()
      expect(await harness.leftovers()).toEqual([])
    })

    describe('layers', () => layersContract(current))
    describe('start', () => startContract(current))
    describe('crash', () => crashContract(current))
    describe('stop', () => stopContract(current))
    describe('start at boot', () => startAtBootContract(current))
    describe('files', () => instanceFilesContract(current))
    describe('log', () => logContract(current))

    it('tells what a running server uses, and nothing of a stopped one', async () => {
      const { host } = harness
      await host.start(specification(1, 'idle'))
      await saysEventually(host, 1, 'started with')
      const usage = await host.usage(1)
      expect(usage?.processes).toBeGreaterThanOrEqual(2)
      expect(usage?.memoryBytes).toBeGreaterThan(100_000)
      expect(usage?.cpuSeconds).toBeGreaterThanOrEqual(0)
      await host.stop(1)
      expect(await host.usage(1)).toBeNull()
    })

    it('describes the machine', async () => {
      const machine = await harness.host.machine()
      expect(machine.cores).toBeGreaterThan(0)
      expect(machine.memory.available).toBeGreaterThan(0)
      expect(machine.disk.total).toBeGreaterThan(machine.disk.available)
      expect(machine.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    })
  })
}
