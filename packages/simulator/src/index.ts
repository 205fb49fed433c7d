export { officialMaps } from './official-maps.ts'
export type { SrcdsSwitches } from './srcds/switches.ts'
export {
  type RunningSimulatedServer,
  type SimulatedServerSettings,
  startSimulatedServer,
  startSimulatedServers,
} from './start-servers.ts'
export { type RunningWebApi, startSimulatedWebApi } from './start-web-api.ts'
export type { WebApiSwitches } from './steam-web-api/switches.ts'
export { SwitchError } from './switch-table.ts'
