export { packSevenZip } from './archives/seven-zip-file.ts'
export { packZip, type ZipEntry } from './archives/zip-file.ts'
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
export { type PackedFile, packVpk } from './vpk-file.ts'
export { wholeContent, workshopItem } from './workshop/workshop-item.ts'
