/**
 * Where everything lies on a host that runs the `systemd` driver. Root trusts these places: none but `serviceFolders`
 * may be written by the service user.
 */
export const hostPaths = {
  /** root:root, so that the service can't swap its root-owned children. */
  root: '/var/lib/left4me',
  /** root:root; `runtime/NAME/{upper,work,merged}`, of which only `upper` is the service user's. */
  runtime: '/var/lib/left4me/runtime',
  instances: '/var/lib/left4me/instances',
  overlays: '/var/lib/left4me/overlays',
  installation: '/var/lib/left4me/installation',
  temporary: '/var/lib/left4me/tmp',
  /** root:root 0755, on a tmpfs: what the helpers write for systemd and for the web application to read. */
  run: '/run/left4me',
  configuration: '/etc/left4me',
  source: '/opt/left4me/src',
  helpers: '/usr/local/libexec/left4me',
} as const

/** The same places elsewhere, as tests need them. */
export type HostPaths = { readonly [place in keyof typeof hostPaths]: string }

/** Names of the units, templates without their instance. */
export const unitNames = {
  server: 'left4me-server',
  overlay: 'left4me-overlay',
  script: 'left4me-script',
  draft: 'left4me-draft',
  web: 'left4me-web.service',
  gameSlice: 'l4d2-game.slice',
  buildSlice: 'l4d2-build.slice',
} as const

/** The service user's and group's id, pinned: ownership of files survives rebuilds and restores. */
export const serviceUserId = 980

/** The namespace of systemd-journald that servers' consoles go to, apart from the system's journal. */
export const journalNamespace = 'left4me'
