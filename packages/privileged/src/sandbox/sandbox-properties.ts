import { unitNames } from '../host-paths.ts'
import type { HostLimits } from '../limits/host-limits.ts'
import { deniedNetworks } from './denied-networks.ts'
import type { ScriptPlaces } from './script-places.ts'

/** Of the host's /etc: what name resolution, certificates and the loader need, and nothing else. */
const readOnly = [
  '/usr',
  '/etc/passwd',
  '/etc/group',
  '/etc/nsswitch.conf',
  '/etc/ssl',
  '-/etc/ca-certificates',
  '-/etc/alternatives',
  '-/etc/ld.so.cache',
  '-/etc/ld.so.conf',
  '-/etc/ld.so.conf.d',
  '-/etc/localtime',
  '-/etc/mime.types',
  '-/etc/protocols',
  '-/etc/services',
]

/**
 * The sandbox of a script, as settings of a transient unit: systemd.exec(5), systemd.resource-control(5). Its root is a
 * folder of our own, into which what it may see is bound, so that it sees nothing of a host that nobody thought of.
 *
 * Left out: MemoryDenyWriteExecute (interpreters compile), ProcSubset=pid (tools read /proc/cpuinfo and meminfo; the PID
 * namespace hides every process), PrivateNetwork (it downloads), RemoveIPC (it would remove those of the same user's
 * other units; PrivateIPC keeps them apart).
 */
export function sandboxProperties(options: {
  readonly places: ScriptPlaces
  readonly overlayId: string
  readonly resolverConfiguration: string
  readonly localAddresses: readonly string[]
  readonly limits: HostLimits
}): string[] {
  const { places, overlayId, limits } = options
  const denied = [...deniedNetworks, ...options.localAddresses, ...limits.deniedAddresses]
  return [
    `Description=left4me script of overlay ${overlayId}`,
    `Slice=${unitNames.buildSlice}`,
    'User=left4me',
    'Group=left4me',
    'UMask=0022',
    'WorkingDirectory=/overlay',
    `BindsTo=${places.draftUnit}`,
    `After=${places.draftUnit}`,

    // Limits. A file of its own can't exceed the limit of the whole; the watcher counts the sum.
    'MemoryMax=4G',
    'MemorySwapMax=0',
    'TasksMax=512',
    'CPUQuota=200%',
    'RuntimeMaxSec=1h',
    'TimeoutStopSec=10s',
    'KillMode=control-group',
    'OOMPolicy=kill',
    'MemoryPressureWatch=off',
    'OOMScoreAdjust=500',
    'LimitCORE=0',
    'LimitNOFILE=65536',
    `LimitFSIZE=${limits.build}`,

    // What it sees of files.
    `RootDirectory=${places.root}`,
    'MountAPIVFS=yes',
    'BindLogSockets=no',
    `BindPaths=${places.overlay}:/overlay`,
    ...readOnly.map(path => `BindReadOnlyPaths=${path}`),
    `BindReadOnlyPaths=${options.resolverConfiguration}:/etc/resolv.conf`,
    'TemporaryFileSystem=/usr/local:ro',
    'TemporaryFileSystem=/tmp:size=1G,nr_inodes=100k,mode=1777,nosuid,nodev',
    'TemporaryFileSystem=/var/tmp:size=1G,nr_inodes=100k,mode=1777,nosuid,nodev',
    'TemporaryFileSystem=/dev/shm:size=256M,nr_inodes=10k,mode=1777,nosuid,nodev',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateDevices=yes',
    'PrivateMounts=yes',

    // What it sees of processes and of the kernel.
    'PrivatePIDs=yes',
    'PrivateUsers=yes',
    'PrivateIPC=yes',
    'ProtectProc=invisible',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelLogs=yes',
    // The names with `Ex` are those of systemd's D-Bus interface for what isn't only yes or no.
    'ProtectControlGroupsEx=strict',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'KeyringMode=private',

    // What it may do.
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    'AmbientCapabilities=',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    'SystemCallFilter=~@debug @mount @raw-io @reboot @swap @cpu-emulation @obsolete @privileged io_uring_setup',
    'SystemCallErrorNumber=EPERM',

    // Whom it reaches.
    // By a Unix socket it could leave its open overlay to a process that outlives it. io_uring, left out above, makes sockets
    // of every family: this filter sees socket(2) only.
    'RestrictAddressFamilies=AF_INET AF_INET6',
    `IPAddressDeny=${denied.join(' ')}`,
    'SocketBindDeny=any',
  ]
}

/** systemd-run(1) for the script itself. */
export function scriptUnitArguments(
  places: ScriptPlaces,
  properties: readonly string[],
  program: readonly string[],
): string[] {
  return [
    '--quiet',
    '--pipe',
    '--wait',
    // Otherwise `$$` and `${NAME}` in arguments are replaced.
    '--expand-environment=no',
    '--service-type=exec',
    `--unit=${places.unit}`,
    '--setenv=HOME=/tmp',
    '--setenv=LANG=C.UTF-8',
    ...properties.map(property => `--property=${property}`),
    '--',
    ...program,
  ]
}

/**
 * systemd-run(1) for the unit that mounts the draft. Of its own, since every command of the script's unit, also those
 * marked `+`, runs in that unit's mount namespace. `Before=` is also what makes systemd keep the script's unit, with how
 * it ended, until this one is stopped: one that succeeded would be forgotten as soon as nobody waits for it.
 */
export function draftUnitArguments(places: ScriptPlaces, helper: string, overlayId: string): string[] {
  return [
    '--quiet',
    '--service-type=oneshot',
    '--remain-after-exit',
    `--unit=${places.draftUnit}`,
    `--property=Description=left4me draft of overlay ${overlayId}`,
    `--property=Before=${places.unit}`,
    `--property=ExecStop=${helper} detach ${overlayId}`,
    // As left4me-overlay@.service: nothing here may give it a mount namespace of its own.
    '--property=CapabilityBoundingSet=CAP_SYS_ADMIN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_SYS_PTRACE',
    '--property=NoNewPrivileges=yes',
    '--property=RestrictNamespaces=yes',
    '--property=RestrictAddressFamilies=AF_UNIX',
    '--property=SystemCallArchitectures=native',
    '--property=SystemCallFilter=@system-service @mount',
    '--property=MemoryMax=256M',
    '--property=TasksMax=64',
    '--property=TimeoutStartSec=60s',
    '--property=TimeoutStopSec=15s',
    '--',
    helper,
    'attach',
    overlayId,
  ]
}
