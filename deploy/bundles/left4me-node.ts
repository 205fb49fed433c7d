import { defineNode, type Node } from '@left4me/converge'
import type { Controller } from '../src/controller.ts'
import type { HostDefinition } from '../src/host-definition.ts'
import { backupBundle } from './backup/bundle.ts'
import { left4meBundle } from './left4me/bundle.ts'
import { letsencryptBundle } from './letsencrypt/bundle.ts'
import { monitoringBundle } from './monitoring/bundle.ts'
import { networkBundle } from './network/bundle.ts'
import { nftablesBundle } from './nftables/bundle.ts'
import { nginxBundle } from './nginx/bundle.ts'
import { systemdBundle } from './systemd/bundle.ts'
import { systemdTimersBundle } from './systemd-timers/bundle.ts'

/** A host of left4me's: its own metadata and groups, and every bundle. Asks nobody. */
export function left4meNode(name: string, definition: HostDefinition, controller: Controller): Node {
  return defineNode({
    name,
    bundles: [
      left4meBundle(controller, name),
      systemdBundle,
      systemdTimersBundle,
      networkBundle,
      nftablesBundle,
      nginxBundle,
      letsencryptBundle,
      monitoringBundle,
      backupBundle,
    ],
    metadata: definition.metadata,
    ...(definition.groups === undefined ? {} : { groups: definition.groups }),
    ...(definition.facts === undefined ? {} : { facts: definition.facts }),
  })
}
