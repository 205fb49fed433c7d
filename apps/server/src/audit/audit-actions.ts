import type { RouteName, Routes } from '@left4me/contract'

type UnsafeRoute = {
  [Name in RouteName]: Routes[Name]['method'] extends 'GET' ? never : Name
}[RouteName]

/** How the audit calls what a route does: noun and verb. A new route that changes something is a type error until it is named here; null leaves no entry. */
const actions: Record<UnsafeRoute, string | null> = {
  setUp: 'user.set-up',
  logIn: 'session.log-in',
  logOut: 'session.log-out',
  createUser: 'user.create',
  changeUser: 'user.change',
  deleteUser: 'user.delete',
  changeMyPassword: 'user.change-password',
  createMyToken: 'token.create',
  deleteMyToken: 'token.delete',
  createServer: 'server.create',
  changeServer: 'server.change',
  deleteServer: 'server.delete',
  startServer: 'server.start',
  stopServer: 'server.stop',
  restartServer: 'server.restart',
  resetServer: 'server.reset',
  cloneServer: 'server.clone',
  runCommand: 'server.command',
  kickPlayer: 'player.kick',
  banPlayer: 'player.ban',
  createBlueprint: 'blueprint.create',
  changeBlueprint: 'blueprint.change',
  deleteBlueprint: 'blueprint.delete',
  createOverlay: 'overlay.create',
  changeOverlay: 'overlay.change',
  deleteOverlay: 'overlay.delete',
  putOverlayFile: 'overlay.put-file',
  deleteOverlayFile: 'overlay.delete-file',
  buildOverlay: 'overlay.build',
  deleteOverlayRevision: 'overlay.delete-revision',
  createUpload: 'overlay.begin-upload',
  takeUpload: 'overlay.take-upload',
  deleteUpload: 'overlay.discard-upload',
  resolveWorkshop: 'workshop.resolve',
  refreshWorkshop: 'workshop.refresh',
  importBlueprint: 'blueprint.import',
  changeServerLayer: 'server.change-layer',
  putServerFile: 'server.put-file',
  deleteServerFile: 'server.delete-file',
  promoteServerFile: 'server.promote-file',
  cleanUp: 'host.clean-up',
  updateInstallation: 'installation.update',
  rollBackInstallation: 'installation.roll-back',
  switchServerInstallation: 'server.switch-installation',
  stopHostInstance: 'instance.stop',
  // One of hundreds: the upload's begin and its taking say all there is.
  sendUploadPart: null,
  cancelJob: 'job.cancel',
}

/** null for a route that changes nothing. */
export function auditActionOf(name: RouteName): string | null {
  return name in actions ? actions[name as UnsafeRoute] : null
}
