export { ConvergeError, type ConvergeErrorCode, convergeErrorCodes } from './converge-error.ts'
export { outdatedUnits } from './facts/outdated-units.ts'
export { type ActionAttributes, action, type Undo } from './items/action.ts'
export { type DirectoryAttributes, directory } from './items/directory.ts'
export { type FileAttributes, file } from './items/file.ts'
export { type GroupAttributes, group } from './items/group.ts'
export type { Item, Relations } from './items/item.ts'
export { type NftFragmentAttributes, nftFragment } from './items/nft-fragment.ts'
export {
  type ArchitectureAttributes,
  debianPackage,
  foreignArchitecture,
  type PackageAttributes,
} from './items/package.ts'
export { type ReleaseAttributes, release } from './items/release.ts'
export { type ServiceAttributes, service } from './items/service.ts'
export { type SudoersAttributes, sudoers } from './items/sudoers.ts'
export { type SymlinkAttributes, symlink } from './items/symlink.ts'
export { type SysctlAttributes, sysctl } from './items/sysctl.ts'
export { type TimerAttributes, timer } from './items/timer.ts'
export {
  type DropInAttributes,
  dropIn,
  type UnitAttributes,
  type UnitSections,
  unit,
  unitText,
} from './items/unit.ts'
export { type UserAttributes, user } from './items/user.ts'
export { atomic } from './metadata/merge.ts'
export { defineReactor, type MetadataView, type Reactor } from './metadata/reactor.ts'
export { apply, askFacts, type NodeOptions, plan, verify } from './node/apply-node.ts'
export { type BuiltNode, buildNode } from './node/build-node.ts'
export {
  type Bundle,
  type BundleContext,
  defineBundle,
  defineGroup,
  defineNode,
  type FactProbe,
  type Group,
  type Node,
} from './node/define.ts'
export {
  describeItems,
  describeMetadata,
  type ItemDescription,
  type MetadataValue,
} from './node/describe-node.ts'
export { hashNode, testNode } from './node/test-node.ts'
export { longSteps } from './run/long-steps.ts'
export { renderReport } from './run/render-report.ts'
export { type ItemReport, type Report, skipReasons, summaryLine } from './run/report.ts'
export { type RollbackReport, rollback } from './run/rollback.ts'
export type { Progress, RunOptions } from './run/run-options.ts'
export { bundleWrapSecret, derivedSecret, type KeySource } from './secrets/derive-secret.ts'
export { Secret, secretText } from './secrets/secret.ts'
export { command, quote } from './shell/quote.ts'
export { type SoftLock, softLock, softUnlock } from './state/soft-locks.ts'
export { localShell, ssh, type Transport } from './transport/transport.ts'
