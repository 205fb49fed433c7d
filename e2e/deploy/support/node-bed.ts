import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import {
  type Controller,
  createController,
  type HostDefinition,
  left4meNode,
} from '../../../deploy/src/index.ts'
import {
  apply,
  type Node,
  type Report,
  type RunOptions,
  renderReport,
  verify,
} from '../../../packages/converge/src/index.ts'
import { repository } from '../../../tools/bootstrap/repository.mjs'
import { cachedFolder } from '../../host/support/cache-folder.ts'
import { commandOutput } from '../../host/support/run-command.ts'
import { debianTreesIngredients } from './debian-trees.ts'
import { type BedMetadata, type DeployBed, openDeployBed } from './deploy-bed.ts'

const nodeName = 'bed'
/** Known to nobody but /etc/hosts of who asks. */
export const domain = 'panel.example.org'

/** What is deployed: what is committed in a checkout, this one unless told, with a key that is no secret. */
export function bedController(checkout: string = repository): Controller {
  return createController({ key: () => Buffer.alloc(32, 7).toString('base64url'), checkout })
}

/** The left4me node in a bed. `left4me` adds to what its metadata say under that key. */
export function bedNode(
  metadata: BedMetadata,
  left4me: Readonly<Record<string, unknown>> = {},
  controller: Controller = bedController(),
): Node {
  const definition: HostDefinition = {
    metadata: {
      left4me: { domain, git_branch: 'HEAD', ...metadata, ...left4me },
      // No authority reaches a bed.
      letsencrypt: { enabled: false },
    },
  }
  return left4meNode(nodeName, definition, controller)
}

/** A bed with left4me on it, as the deployment leaves it. */
export interface NodeBed extends AsyncDisposable {
  readonly bed: DeployBed
  /** Whose commit is deployed. */
  readonly checkout: string
  node(left4me?: Readonly<Record<string, unknown>>): Node
  apply(node?: Node, options?: RunOptions): Promise<Report>
  /** Changes nothing. */
  verify(node?: Node): Promise<Report>
}

/** Opens one in a few seconds, from what the first deployment of this commit left; that takes a minute. */
export async function openNodeBed(): Promise<NodeBed> {
  const bed = await openDeployBed({ over: await deployedFolder() })
  return nodeBedOn(bed, join(bed.container.folder, 'checkout'))
}

/** One for all tests of a block, on which an apply has nothing to do. */
export function useNodeBed(): () => NodeBed {
  let host: NodeBed | null = null
  beforeAll(async () => {
    host = await openNodeBed()
    mustSucceed(await host.apply())
  })
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]()
  })
  return () => {
    if (host === null) throw new Error('the bed is not open yet')
    return host
  }
}

export function nodeBedOn(bed: DeployBed, checkout: string = repository): NodeBed {
  const controller = bedController(checkout)
  const node = (left4me: Readonly<Record<string, unknown>> = {}) => bedNode(bed.metadata, left4me, controller)
  return {
    bed,
    checkout,
    node,
    apply: (wanted = node(), options = {}) => apply(wanted, bed.transport, options),
    verify: (wanted = node()) => verify(wanted, bed.transport),
    [Symbol.asyncDispose]: () => bed[Symbol.asyncDispose](),
  }
}

/** What is in a report besides `ok`: for messages, and to compare. */
export function notOk(report: Report): string[] {
  return report.items
    .filter(({ status }) => status !== 'ok' && status !== 'idle' && status !== 'ran')
    .map(({ id, status, message }) => `${status} ${id}${message === undefined ? '' : `: ${message}`}`)
}

/** Throws the whole report unless nothing failed and nothing was left out. */
export function mustSucceed(report: Report): Report {
  if (report.exitCode !== 0 || report.counts.failed + report.counts.skipped > 0)
    throw new Error(`the deployment failed:\n${renderReport(report)}`)
  return report
}

/**
 * What a first deployment of this commit changed on a bed: `upper` lies over the tree, `data` is /var/lib/left4me. And
 * `checkout`, a clone with the commit.
 */
async function deployedFolder(): Promise<string> {
  const revision = (await commandOutput(['git', '-C', repository, 'rev-parse', 'HEAD'])).trim()
  return await cachedFolder('deployed', [revision, ...(await debianTreesIngredients())], async folder => {
    // The commit stays the same when somebody commits while the tests run.
    const checkout = join(folder, 'checkout')
    await commandOutput(['git', 'clone', '--quiet', repository, checkout])
    await using deployed = nodeBedOn(await openDeployBed(), checkout)
    mustSucceed(await deployed.apply())
    const { container } = deployed.bed
    await container.succeed('systemctl stop left4me-web.service nginx.service; sync')
    await container.kill()
    for (const name of ['upper', 'data']) {
      await mkdir(join(folder, name))
      await commandOutput(['cp', '--archive', `${join(container.folder, name)}/.`, join(folder, name)])
    }
  })
}
