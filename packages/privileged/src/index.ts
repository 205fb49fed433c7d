export {
  journalLineLimit,
  parseJournalCursor,
  parseJournalLines,
} from './arguments/journal-position.ts'
export {
  type InstanceName,
  type OverlayId,
  parseInstanceName,
  parseOverlayId,
  parseScriptName,
  type ScriptName,
} from './arguments/names.ts'
export { type DerivedPorts, derivedPortDistance, derivedPorts } from './derived-ports.ts'
export {
  HelperError,
  type HelperProblem,
  type HelperProblemCode,
  helperProblemCodes,
} from './helper-error.ts'
export { hostPaths, journalNamespace, serviceUserId, unitNames } from './host-paths.ts'
export {
  formatInstanceEnvironment,
  type InstanceEnvironment,
  instanceEnvironmentLimits,
  parseInstanceEnvironment,
} from './instance-environment/instance-environment.ts'
export { type DiskLimitReport, parseDiskLimit } from './reports/disk-limit-report.ts'
export { parseProblem } from './reports/problem-report.ts'
export {
  parseScriptReport,
  type ScriptOutcome,
  type ScriptReport,
  scriptOutcomes,
} from './reports/script-report.ts'
