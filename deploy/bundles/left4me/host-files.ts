import { action, dropIn, file, type Item } from '@left4me/converge'
import { assignCores } from '../../src/cores/assign-cores.ts'
import { parseTopology } from '../../src/cores/topology.ts'
import { type HostValues, hostValues } from '../../src/host-values.ts'
import type { DeployMetadata } from '../../src/metadata.ts'
import type { CakePreset } from '../../src/network/traffic-shaping.ts'
import { applySlicesCommand } from '../../src/units/apply-slices.ts'
import type { HostFile } from '../../src/units/host-file.ts'
import { badMetadata } from '../metadata-section.ts'
import type { Left4meValues } from './metadata.ts'
import { tags } from './tags.ts'
import { unitFolder } from './units.ts'

/** Files of `hostValues` that a host may have and another not: one that isn't wanted is removed. */
const possible: readonly string[] = [
  ...['l4d2-game.slice', 'l4d2-build.slice', 'system.slice', 'user.slice'].map(
    name => `${unitFolder}/${name}.d/99-left4me-cpuset.conf`,
  ),
  `${unitFolder}/left4me-server@.service.d/99-left4me-memory.conf`,
  '/etc/left4me/nftables.d/no-marks.nft',
]

/** Cores, memory and ports of this host, worked out and checked. Throws a ConvergeError, DeployError or AggregateError. */
export function valuesOf(
  host: Pick<DeployMetadata['host'], 'topology' | 'memory'>,
  metadata: Left4meValues,
  presets: readonly CakePreset[],
): HostValues {
  if (metadata.system_cpus === null && assignCores(parseTopology(host.topology)).pinned)
    throw badMetadata(
      'left4me/system_cpus',
      'is null on a machine with several cores, where games are kept apart from the system',
      'Name the cores of the system, or leave it out for the first one',
    )
  return hostValues(host, {
    gamePorts: { start: metadata.port_range_start, end: metadata.port_range_end },
    ...(metadata.system_cpus === null ? {} : { systemCpus: metadata.system_cpus }),
    logListenerPort: metadata.log_listener.port,
    // Of several the one that can't tell a game's packets from others, if it is among them.
    cake: presets.find(preset => preset === 'besteffort') ?? presets[0] ?? null,
    marks: metadata.marks,
  })
}

/** What is particular to this host, as items, and what makes it count at once for what runs already. */
export function hostFiles({ files }: HostValues): Item[] {
  const wanted = new Set(files.map(({ path }) => path))
  return [
    ...files.map(itemOf),
    ...possible
      .filter(path => !wanted.has(path))
      .map(path => file(path, { absent: true, triggers: ['systemd:daemon-reload', 'action:apply-slices'] })),
    action('apply-slices', {
      command: applySlicesCommand,
      triggered: true,
      triggeredBy: ['unit:l4d2.slice', 'unit:l4d2-game.slice', 'unit:l4d2-build.slice'],
      after: ['systemd:daemon-reload'],
      undo: { command: 'true', afterwards: applySlicesCommand },
    }),
  ]
}

/** A fragment is judged beside what it names of left4me.nft: that table itself may not be loaded yet. */
const judgeFragment = `{ echo 'table inet left4me { set ports_to_send_to { type inet_service; }; chain expedite { }; }'; cat "$1"; } |
  nft --check --file /dev/stdin`

function itemOf({ path, mode, content }: HostFile): Item {
  const [unit, name] = path.startsWith(unitFolder)
    ? path.slice(unitFolder.length + 1, -'.conf'.length).split('.d/')
    : []
  if (unit !== undefined && name !== undefined)
    return dropIn(`${unit}/${name}`, {
      sections: content,
      tags: [tags.host],
      triggers: unit.endsWith('.slice') ? ['action:apply-slices'] : [],
    })
  return file(path, {
    content,
    mode: mode.toString(8),
    validate: ['sh', '-c', judgeFragment, 'sh', '%s'],
    needs: ['package:nftables'],
    owner: 'root',
    group: 'root',
    tags: [tags.host],
    triggers: ['service:left4me-firewall'],
  })
}
