import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ssh, type Transport } from '../../../packages/converge/src/index.ts'
import { cachedFolder } from '../../host/support/cache-folder.ts'
import type { Machine } from '../../host/support/machine.ts'
import {
  buildMachineImage,
  continued,
  type MachineState,
  machineImageIngredients,
  type RunningMachine,
  saved,
  startMachine,
  withRetries,
} from '../../host/support/machine-states.ts'
import { type Forward, hardware } from '../../host/support/qemu.ts'
import { commandOutput } from '../../host/support/run-command.ts'
import { bedFolder } from './bed-host.ts'
import { debianTree, debianTreesIngredients } from './debian-trees.ts'
import type { BedMetadata } from './deploy-bed.ts'
import { npmCache, npmCacheInBed, npmContentInBed, npmRegistry, prepareNpmCache } from './npm-cache.ts'
import { sshConfiguration } from './ssh-configuration.ts'
import { steamcmdArchive } from './steamcmd-archive.ts'

/** Where the machine has its second disk: what it can't download. */
const library = '/srv/library'
const filesPort = 8099
const served = join(import.meta.dirname, 'serve-files.ts')

/** What is asked from outside: the panel, and two game servers by both protocols. */
const forwards: readonly Forward[] = [
  { protocol: 'tcp', port: 80 },
  { protocol: 'tcp', port: 443 },
  { protocol: 'udp', port: 27_015 },
  { protocol: 'tcp', port: 27_015 },
  { protocol: 'udp', port: 27_016 },
  { protocol: 'tcp', port: 27_016 },
]

/** A generator would read /etc/fstab; the machine has none (machine-image.sh). */
const units = {
  'srv-library.mount': `[Mount]
What=/dev/vdb
Where=${library}
Type=ext4
Options=ro
`,
  'bed-files.service': `[Unit]
RequiresMountsFor=${library}
[Service]
ExecStart=${bedFolder}/node/bin/node ${bedFolder}/support/serve-files.ts ${bedFolder}/files 127.0.0.1 ${filesPort}
`,
} as const

/**
 * A Debian 13 to be deployed to in a virtual machine, booted and bare: sshd, i386 unknown, no package that a host needs.
 * Emulated: everything takes twenty times as long. Needs root; what isn't cached is built first, in some minutes.
 */
export async function openMachineBed(): Promise<MachineBed> {
  const running = await startMachine(await bootedState())
  const bed = new MachineBed(running, {
    npm_registry: await npmRegistry(),
    npm_cache: npmCacheInBed,
    steamcmd_url: `http://127.0.0.1:${filesPort}/${(await steamcmdArchive()).name}`,
  })
  await bed.writeSshConfig()
  return bed
}

export class MachineBed implements AsyncDisposable {
  /** For `left4me` in a node's metadata. */
  readonly metadata: BedMetadata
  readonly #running: RunningMachine

  constructor(running: RunningMachine, metadata: BedMetadata) {
    this.#running = running
    this.metadata = metadata
  }

  get machine(): Machine {
    return this.#running.machine
  }

  get sshConfig(): string {
    return join(this.#running.address.folder, 'ssh_config')
  }

  /** By ssh as root. */
  get transport(): Transport {
    return ssh({ host: 'target', configuration: this.sshConfig })
  }

  /** Of 127.0.0.1 here: who connects to it comes from outside there. Only what `forwards` has. */
  port(protocol: Forward['protocol'], port: number): number {
    return this.#running.qemu.forwarded({ protocol, port })
  }

  /** Only for `openMachineBed`. */
  async writeSshConfig(): Promise<void> {
    const { port, credentials } = this.#running.address
    await writeFile(this.sshConfig, sshConfiguration(credentials, ['HostName 127.0.0.1', `Port ${port}`]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]()
  }
}

/** Booted, so that it goes on from there in a second. */
async function bootedState(): Promise<MachineState> {
  const image = await machineImage()
  const state = { image, library: join(await libraryDisk(), 'disk.img'), forwards, first: true }
  const made = [
    image,
    state.library,
    hardware.join(' '),
    await commandOutput(['qemu-system-x86_64', '--version']),
  ]
  const booted = await cachedFolder('deploy-machine-booted', made, async folder => {
    say('booting a bare Debian 13 in a virtual machine …')
    await withRetries(() => continued({ ...state, disk: join(image, 'disk.img') }, folder, async () => {}))
  })
  return { ...state, ...saved(booted) }
}

async function machineImage(): Promise<string> {
  const ingredients = [
    ...(await debianTreesIngredients()),
    ...(await machineImageIngredients()),
    ...[JSON.stringify(units), await readFile(served, 'utf8'), await npmCache()],
  ]
  return await cachedFolder('deploy-machine-image', ingredients, async folder => {
    say('building the disk of a bare machine …')
    await withTemporaryFolder(async additions => {
      await writeAdditions(additions)
      await buildMachineImage(folder, await debianTree('bare'), additions, '8G')
    })
  })
}

/** What makes the tree a bed: the way to the second disk, and what is served from it. */
async function writeAdditions(folder: string): Promise<void> {
  const system = join(folder, 'etc/systemd/system')
  await mkdir(join(system, 'multi-user.target.wants'), { recursive: true })
  for (const [name, content] of Object.entries(units)) await writeFile(join(system, name), content)
  await symlink('../bed-files.service', join(system, 'multi-user.target.wants/bed-files.service'))
  await mkdir(join(folder, library), { recursive: true })
  await mkdir(join(folder, bedFolder, 'support'), { recursive: true })
  await cp(served, join(folder, bedFolder, 'support/serve-files.ts'))
  for (const name of ['node', 'files']) await symlink(join(library, name), join(folder, bedFolder, name))
  await prepareNpmCache(folder)
  await symlink(join(library, 'npm-content'), join(folder, npmContentInBed))
}

/** The second disk: dependencies, steamcmd, and a Node that serves it. */
async function libraryDisk(): Promise<string> {
  const steamcmd = await steamcmdArchive()
  const cache = await npmCache()
  return await cachedFolder('deploy-library', [cache, steamcmd.folder, process.version], async folder => {
    await withTemporaryFolder(async content => {
      await cp(process.execPath, join(content, 'node/bin/node'), { recursive: true })
      await cp(steamcmd.folder, join(content, 'files'), { recursive: true })
      await commandOutput(['cp', '--recursive', cache, join(content, 'npm-content')])
      await commandOutput(['chmod', '--recursive', 'a=rX', content])
      await commandOutput([
        ...['mkfs.ext4', '-q', '-O', '^has_journal', '-d', content, join(folder, 'disk.img'), '1G'],
      ])
    })
  })
}

async function withTemporaryFolder(use: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'left4me-deploy-'))
  try {
    await use(path)
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

function say(text: string): void {
  process.stderr.write(`left4me: ${text}\n`)
}
