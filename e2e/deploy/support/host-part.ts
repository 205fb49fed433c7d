import { left4meBundle } from '../../../deploy/bundles/left4me/bundle.ts'
import { type Controller, type Left4meMetadata, left4meNode } from '../../../deploy/src/index.ts'
import { workingTree } from '../../../deploy/testing/working-tree.ts'
import {
  defineNode,
  type Item,
  type Node,
  type Report,
  release,
  symlink,
} from '../../../packages/converge/src/index.ts'
import { bedFolder } from './bed-host.ts'
import type { DeployBed } from './deploy-bed.ts'

export interface HostPartOptions {
  /** More of the node's metadata below `left4me`. */
  readonly left4me?: Readonly<Record<string, unknown>>
  readonly controller?: Controller
}

/**
 * A left4me host without the application: the working tree's files as its checkout and the bed's Node, so that a run
 * takes seconds. What is built and served, and what needs it, is left out.
 */
export function hostPart(bed: DeployBed, options: HostPartOptions = {}): Node {
  const { controller = workingTree() } = options
  const name = 'bed'
  const whole = left4meNode(
    name,
    {
      metadata: {
        left4me: { domain: 'panel.example.org', ...bed.metadata, ...options.left4me },
        letsencrypt: { enabled: false },
      },
    },
    controller,
  )
  const bundles = (whole.bundles ?? []).map(bundle =>
    bundle.name === 'left4me' ? left4meBundle(controller, name, checkoutAlone) : bundle,
  )
  return defineNode({ ...whole, bundles })
}

/** What talks to the application: to be left out. */
export const needsApplication = ['action:seed-script-overlays']

/** Ids of the items that aren't as they should be. */
export function differing(report: Report): string[] {
  return report.items
    .filter(({ status }) => ['change', 'failed', 'fixed'].includes(status))
    .map(({ id }) => id)
}

export function messageOf(report: Report, id: string): string {
  return report.items.find(item => item.id === id)?.message ?? ''
}

function checkoutAlone(
  metadata: Pick<Left4meMetadata, 'git_url' | 'git_branch'>,
  controller: Controller,
): Item[] {
  const source = controller.source({ url: metadata.git_url, branch: metadata.git_branch })
  return [
    release('/opt/left4me/src', {
      revision: source.revision,
      archive: () => source.archive(),
      owner: 'root',
      group: 'root',
      tags: ['left4me-source'],
    }),
    symlink('/usr/local/lib/left4me/node', { target: `${bedFolder}/node`, tags: ['left4me-runtime'] }),
  ]
}
