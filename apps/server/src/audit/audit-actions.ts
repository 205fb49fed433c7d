import type { RouteName, Routes } from '@left4me/contract'

type UnsafeRoute = {
  [Name in RouteName]: Routes[Name]['method'] extends 'GET' ? never : Name
}[RouteName]

/** How the audit calls what a route does: noun and verb. A new route that changes something is a type error until it is named here. */
const actions: Record<UnsafeRoute, string> = {
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
  updateInstallation: 'installation.update',
  cancelJob: 'job.cancel',
}

/** null for a route that changes nothing. */
export function auditActionOf(name: RouteName): string | null {
  return name in actions ? actions[name as UnsafeRoute] : null
}
