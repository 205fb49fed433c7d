import { firewallFragment, type HostFile } from '../units/host-file.ts'

/** Leaves the packets of games unmarked: the chain that marks them is emptied right after the table is loaded. */
export function noMarksFragment(): HostFile {
  return firewallFragment('no-marks', ['flush chain inet left4me expedite'])
}
