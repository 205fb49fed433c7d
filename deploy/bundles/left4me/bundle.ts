import { type Bundle, defineBundle } from '@left4me/converge'
import type { Controller } from '../../src/controller.ts'
import type { HostFactsMetadata } from '../../src/metadata.ts'
import type { CakePreset } from '../../src/network/traffic-shaping.ts'
import { parsePresets } from '../network/metadata.ts'
import { accounts, folders } from './accounts.ts'
import { environmentFiles } from './environment.ts'
import { facts } from './facts.ts'
import { hostFiles, valuesOf } from './host-files.ts'
import { kernelSettings } from './kernel.ts'
import { sourceLinks } from './links.ts'
import { type Left4meValues, left4meDefaults, parseLeft4me } from './metadata.ts'
import { packagesOfDebian } from './packages.ts'
import { proofs } from './proofs.ts'
import { reactors } from './reactors.ts'
import { releaseItems } from './release/release-items.ts'
import { scriptOverlays } from './script-overlays.ts'
import { sourceFiles } from './source-files.ts'
import { steamcmd } from './steamcmd.ts'
import { tags } from './tags.ts'
import { takeOver } from './take-over.ts'
import { services, units } from './units.ts'

interface Metadata {
  readonly left4me: Left4meValues
  readonly host: Pick<HostFactsMetadata, 'topology' | 'memory' | 'container' | 'account_conflict'>
  /** How interfaces' queues tell packets apart. */
  readonly presets: readonly CakePreset[]
}

/** What of the project this part is made of; the release brings all of it. */
const partsOfHost = ['deploy/files', 'deploy/scripts', 'examples/script-overlays']

/**
 * left4me on a host: accounts, folders, what root trusts, the web application and what it needs of the machine.
 * `release` brings the project there.
 */
export function left4meBundle(
  controller: Controller,
  node: string,
  release: typeof releaseItems = releaseItems,
): Bundle<Metadata> {
  return defineBundle<Metadata>({
    name: 'left4me',
    requires: ['backup', 'letsencrypt', 'monitoring', 'network', 'nftables', 'nginx', 'systemd'],
    defaults: left4meDefaults(controller, node),
    facts,
    reactors,
    tags: Object.values(tags),
    parse: values => ({
      left4me: parseLeft4me(values),
      host: values['host'] as Metadata['host'],
      presets: parsePresets(values),
    }),
    items: metadata => {
      const { left4me, host, presets } = metadata
      if (typeof host.account_conflict === 'string') throw new Error(host.account_conflict)
      const values = valuesOf(host, left4me, presets)
      const source = controller.source({ url: left4me.git_url, branch: left4me.git_branch })
      const files = sourceFiles(source.archive(partsOfHost))
      return [
        ...packagesOfDebian(),
        ...accounts(),
        ...folders(),
        ...environmentFiles(left4me, values.environment),
        ...sourceLinks(files),
        ...units(files, left4me.web_threads),
        ...hostFiles(values),
        ...services(),
        ...(host.container === null ? kernelSettings(files) : []),
        steamcmd(left4me.steamcmd_url),
        ...takeOver(),
        ...proofs(files),
        scriptOverlays(files),
        ...release(left4me, controller),
      ]
    },
  })
}
