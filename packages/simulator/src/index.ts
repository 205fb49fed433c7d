export { officialMaps } from './official-maps.ts'
export type { SrcdsSwitches } from './srcds/switches.ts'
export {
  type RunningSimulatedServer,
  type SimulatedServerSettings,
  startSimulatedServer,
  startSimulatedServers,
} from './start-servers.ts'
export { SwitchError } from './switch-table.ts'
