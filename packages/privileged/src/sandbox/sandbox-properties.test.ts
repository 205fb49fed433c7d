import { expect, it } from 'vitest'
import { parseOverlayId } from '../arguments/names.ts'
import { hostPaths } from '../host-paths.ts'
import { defaultHostLimits } from '../limits/host-limits.ts'
import { draftUnitArguments, sandboxProperties, scriptUnitArguments } from './sandbox-properties.ts'
import { scriptPlaces } from './script-places.ts'

const id = parseOverlayId('7')
if (!id) throw new Error('no id')
const places = scriptPlaces(hostPaths, id)

it('a script runs with these settings', () => {
  const properties = sandboxProperties({
    places,
    overlayId: id,
    resolverConfiguration: '/etc/left4me/sandbox-resolv.conf',
    localAddresses: ['203.0.113.5'],
    limits: { ...defaultHostLimits, deniedAddresses: ['198.51.100.7'] },
  })
  const words = scriptUnitArguments(places, properties, ['/usr/bin/tini', '--', '/script'])
  expect(words.join('\n')).toMatchInlineSnapshot(`
    "--quiet
    --pipe
    --wait
    --expand-environment=no
    --service-type=exec
    --unit=left4me-script-7.service
    --setenv=HOME=/tmp
    --setenv=LANG=C.UTF-8
    --property=Description=left4me script of overlay 7
    --property=Slice=l4d2-build.slice
    --property=User=left4me
    --property=Group=left4me
    --property=UMask=0022
    --property=WorkingDirectory=/overlay
    --property=BindsTo=left4me-draft-7.service
    --property=After=left4me-draft-7.service
    --property=MemoryMax=4G
    --property=MemorySwapMax=0
    --property=TasksMax=512
    --property=CPUQuota=200%
    --property=RuntimeMaxSec=1h
    --property=TimeoutStopSec=10s
    --property=KillMode=control-group
    --property=OOMPolicy=kill
    --property=MemoryPressureWatch=off
    --property=OOMScoreAdjust=500
    --property=LimitCORE=0
    --property=LimitNOFILE=65536
    --property=LimitFSIZE=10737418240
    --property=RootDirectory=/run/left4me/scripts/7/root
    --property=MountAPIVFS=yes
    --property=BindLogSockets=no
    --property=BindPaths=/run/left4me/scripts/7/overlay:/overlay
    --property=BindReadOnlyPaths=/usr
    --property=BindReadOnlyPaths=/etc/passwd
    --property=BindReadOnlyPaths=/etc/group
    --property=BindReadOnlyPaths=/etc/nsswitch.conf
    --property=BindReadOnlyPaths=/etc/ssl
    --property=BindReadOnlyPaths=-/etc/ca-certificates
    --property=BindReadOnlyPaths=-/etc/alternatives
    --property=BindReadOnlyPaths=-/etc/ld.so.cache
    --property=BindReadOnlyPaths=-/etc/ld.so.conf
    --property=BindReadOnlyPaths=-/etc/ld.so.conf.d
    --property=BindReadOnlyPaths=-/etc/localtime
    --property=BindReadOnlyPaths=-/etc/mime.types
    --property=BindReadOnlyPaths=-/etc/protocols
    --property=BindReadOnlyPaths=-/etc/services
    --property=BindReadOnlyPaths=/etc/left4me/sandbox-resolv.conf:/etc/resolv.conf
    --property=TemporaryFileSystem=/usr/local:ro
    --property=TemporaryFileSystem=/tmp:size=1G,nr_inodes=100k,mode=1777,nosuid,nodev
    --property=TemporaryFileSystem=/var/tmp:size=1G,nr_inodes=100k,mode=1777,nosuid,nodev
    --property=TemporaryFileSystem=/dev/shm:size=256M,nr_inodes=10k,mode=1777,nosuid,nodev
    --property=ProtectSystem=strict
    --property=ProtectHome=yes
    --property=PrivateDevices=yes
    --property=PrivateMounts=yes
    --property=PrivatePIDs=yes
    --property=PrivateUsers=yes
    --property=PrivateIPC=yes
    --property=ProtectProc=invisible
    --property=ProtectKernelTunables=yes
    --property=ProtectKernelModules=yes
    --property=ProtectKernelLogs=yes
    --property=ProtectControlGroupsEx=strict
    --property=ProtectClock=yes
    --property=ProtectHostname=yes
    --property=KeyringMode=private
    --property=NoNewPrivileges=yes
    --property=CapabilityBoundingSet=
    --property=AmbientCapabilities=
    --property=RestrictNamespaces=yes
    --property=RestrictRealtime=yes
    --property=RestrictSUIDSGID=yes
    --property=LockPersonality=yes
    --property=SystemCallArchitectures=native
    --property=SystemCallFilter=@system-service
    --property=SystemCallFilter=~@debug @mount @raw-io @reboot @swap @cpu-emulation @obsolete @privileged io_uring_setup
    --property=SystemCallErrorNumber=EPERM
    --property=RestrictAddressFamilies=AF_INET AF_INET6
    --property=IPAddressDeny=0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15 224.0.0.0/4 240.0.0.0/4 ::/127 ::ffff:0:0/96 64:ff9b:1::/48 2002::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8 203.0.113.5 198.51.100.7
    --property=SocketBindDeny=any
    --
    /usr/bin/tini
    --
    /script"
  `)
})

it('its draft is mounted by a unit with these settings', () => {
  const words = draftUnitArguments(places, '/usr/local/libexec/left4me/left4me-script-sandbox', id)
  expect(words.join('\n')).toMatchInlineSnapshot(`
    "--quiet
    --service-type=oneshot
    --remain-after-exit
    --unit=left4me-draft-7.service
    --property=Description=left4me draft of overlay 7
    --property=Before=left4me-script-7.service
    --property=ExecStop=/usr/local/libexec/left4me/left4me-script-sandbox detach 7
    --property=CapabilityBoundingSet=CAP_SYS_ADMIN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_SYS_PTRACE
    --property=NoNewPrivileges=yes
    --property=RestrictNamespaces=yes
    --property=RestrictAddressFamilies=AF_UNIX
    --property=SystemCallArchitectures=native
    --property=SystemCallFilter=@system-service @mount
    --property=MemoryMax=256M
    --property=TasksMax=64
    --property=TimeoutStartSec=60s
    --property=TimeoutStopSec=15s
    --
    /usr/local/libexec/left4me/left4me-script-sandbox
    attach
    7"
  `)
})
