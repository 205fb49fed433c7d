import type { Host } from '../../host.ts'

/** One driver on one machine, ready for a test. */
export interface DriverHarness {
  /** Open, with the fake game installed, and with short delays between restarts (limit: 5 crashes). */
  readonly host: Host
  /** Processes and mounts of servers that are left on the machine, in words. */
  leftovers(): Promise<string[]>
  /** Takes the installation away. */
  uninstall(): Promise<void>
  /** Stops and removes every instance and overlay, and puts the installation back. */
  reset(): Promise<void>
  /** Ends the driver and removes all that it had. */
  dispose(): Promise<void>
}
