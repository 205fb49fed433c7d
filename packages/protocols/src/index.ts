export type { A2sInfo } from './a2s/info.ts'
export type { A2sPlayer, A2sPlayerList } from './a2s/players.ts'
export { type A2sReply, a2sReplyKind, decodeA2sReply } from './a2s/replies.ts'
export { type A2sQuery, encodeA2sRequest } from './a2s/requests.ts'
export type { A2sRule, A2sRuleList } from './a2s/rules.ts'
export { isSplitPacket, SplitPackets } from './a2s/split-packets.ts'
export { checkConsoleCommand, maxConsoleCommandBytes, quoteConsoleArgument } from './console/command.ts'
export {
  type ConsoleObservation,
  type ConsoleObservationKind,
  consoleObservationKinds,
  readConsoleLine,
} from './console/console-line.ts'
export { type CvarList, type CvarListEntry, parseCvarList } from './console/cvar-list.ts'
export { parseSourceModPlugins, type SourceModPlugin, type SourceModPluginList } from './console/plugins.ts'
export { parseStats, type ServerStats } from './console/stats.ts'
export {
  type CompleteStatus,
  type IncompleteStatus,
  parseStatus,
  type StatusReport,
} from './console/status.ts'
export type { StatusPlayer } from './console/status-row.ts'
export { steamId64 } from './console/steam-id.ts'
export { type ConsoleUser, parseUsers, type UserList } from './console/users.ts'
export { readAddonList } from './content/addon/addon-list.ts'
export type { ReadableVpk } from './content/addon/readable-vpk.ts'
export { type AddonInfo, parseAddonInfo } from './content/addon-info.ts'
export {
  type Conflict,
  type ConflictCode,
  conflictCodes,
  conflictKinds,
} from './content/conflicts/conflict.ts'
export { type ConflictReport, findConflicts } from './content/conflicts/find-conflicts.ts'
export {
  foldersOf,
  type IndexedFile,
  type IndexedImage,
  type IndexedMission,
  type IndexedVpk,
  type LayerFile,
  type LayerFolder,
  type LayerIndex,
} from './content/layers/layer-index.ts'
export { decodeLayerIndex, encodeLayerIndex } from './content/layers/layer-index-codec.ts'
export type { HiddenPart } from './content/layers/merged-node.ts'
export {
  type MergedEntry,
  type MergedPage,
  MergedTree,
  type TreeLayer,
} from './content/layers/merged-tree.ts'
export {
  type ContentPlace,
  readServerContent,
  type ServerContent,
  type ServerLayer,
} from './content/layers/server-content.ts'
export { imageTypeOf, readImage } from './content/library/browser-image.ts'
export type {
  Campaign,
  CampaignChapter,
  CampaignImage,
  CampaignMode,
  CampaignOrigin,
} from './content/library/campaign.ts'
export { type CampaignLibrary, campaignLibrary } from './content/library/campaign-library.ts'
export { type MapChoice, type NextMaps, nextMaps, startMaps } from './content/library/map-choices.ts'
export { isMapName, mapCommand } from './content/map-name.ts'
export { type Mission, type MissionChapter, type MissionMode, parseMission } from './content/mission.ts'
export {
  findOfficialMap,
  type OfficialCampaign,
  type OfficialChapter,
  type OfficialMode,
  officialCampaigns,
  officialModes,
} from './content/official-campaigns.ts'
export {
  type Finding,
  type FindingCode,
  type FindingSeverity,
  findingCodes,
  findingKinds,
} from './content/preflight/finding.ts'
export {
  inspectLayer,
  type LayerInspection,
  type LayerInspectionOptions,
} from './content/preflight/inspect-layer.ts'
export type { LayerSource } from './content/preflight/layer-source.ts'
export type {
  BundledExtension,
  BundledPlugin,
  SourceModContent,
} from './content/preflight/sourcemod.ts'
export { parseSteamInf, type SteamInf } from './content/steam-inf.ts'
export { applyConditions, conditionHolds, serverConditions } from './keyvalues/condition.ts'
export { findSection, findText, type KeyValuesPair } from './keyvalues/pair.ts'
export {
  type KeyValuesDocument,
  type KeyValuesOptions,
  type KeyValuesWarning,
  parseKeyValues,
} from './keyvalues/parse.ts'
export type { TextEncodingName } from './keyvalues/text-encoding.ts'
export { type KeyValuesWriteOptions, writeKeyValues } from './keyvalues/write.ts'
export { readLogDatagram } from './logs/log-datagram.ts'
export type { LogEntity, LogEntityState } from './logs/log-entity.ts'
export type { LogEvent, LogLine, LogTime, PlayerLogEvent, ServerLogEvent } from './logs/log-event.ts'
export { readLogLine } from './logs/log-line.ts'
export { ServerClock } from './logs/server-clock.ts'
export {
  ProtocolError,
  type ProtocolErrorCode,
  protocolErrorCodes,
  type TextPosition,
} from './protocol-error.ts'
export { maxRconAnswerBytes, RconAnswer } from './rcon/answer.ts'
export { encodeRconFrame, type RconFrame, RconFrameReader, rconTypes } from './rcon/frame.ts'
export { stripLogEcho } from './rcon/log-echo.ts'
export type { CvarDescription, CvarType } from './settings/cvar.ts'
export { cvars } from './settings/cvars.ts'
export { type LaunchArgumentDescription, launchArguments } from './settings/launch-arguments.ts'
export { type AppManifest, parseAppManifest } from './steamcmd/app-manifest.ts'
export { dedicatedServerAppId, gameAppId, steamcmdInstallRuns } from './steamcmd/install-runs.ts'
export type { SteamcmdProblem, SteamcmdProblemCode, SteamcmdRetry } from './steamcmd/problem.ts'
export type { SteamcmdState } from './steamcmd/progress.ts'
export {
  type SteamcmdEvent,
  SteamcmdReader,
  type SteamcmdResult,
  steamcmdPatience,
} from './steamcmd/steamcmd-reader.ts'
export {
  parseWorkshopManifest,
  type WorkshopManifest,
  type WorkshopManifestItem,
  withoutWorkshopItems,
} from './steamcmd/workshop-manifest.ts'
export { readVpkHeader, type VpkHeader, vpkHeaderBytes } from './vpk/header.ts'
export { isSafeVpkPath, readVpkTree, type VpkEntry, type VpkTree } from './vpk/tree.ts'
export type { ListedServer, PlayerSummary, UpToDateCheck } from './web-api/players-and-servers.ts'
export type { CollectionDetails, FoundFile, MissingFile, PublishedFile } from './web-api/published-files.ts'
