import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { baseTree, baseTreeIngredients } from './base-tree.ts'
import { makeBedFolder } from './bed-folders.ts'
import { cachedFolder } from './cache-folder.ts'
import { fromArchive } from './from-archive.ts'
import { Machine, type MachineAddress } from './machine.ts'
import { installationIngredients, installOn } from './machine-installation.ts'
import { type Forward, hardware, MachineEnded, Qemu } from './qemu.ts'
import { commandOutput } from './run-command.ts'

const recipe = join(import.meta.dirname, 'machine-image.sh')

/** A machine at a moment: its disk, and its memory unless it is to boot. */
export interface MachineState {
  /** Folder with the kernel and the key. */
  readonly image: string
  readonly disk: string
  readonly memory?: string
  /** A second disk, `/dev/vdb`, which is only read. */
  readonly library?: string
  /** Ports of the guest that are reached from this machine besides sshd's, as its outside. */
  readonly forwards?: readonly Forward[]
  /** Whether it is given its processor before whatever else this machine is busy with. */
  readonly first?: boolean
}

/** One that is running, of which nothing is left when it is disposed of. */
export interface RunningMachine extends AsyncDisposable {
  readonly machine: Machine
  readonly address: MachineAddress
  readonly qemu: Qemu
}

/**
 * A machine that has booted and has left4me's files installed, so that it goes on from there in a second. What it takes
 * to get there (image, boot, installation: some minutes) is done where it isn't cached. Needs root and the network.
 */
export async function installedState(): Promise<MachineState> {
  const image = await machineImage()
  const made = [image, hardware.join(' '), await commandOutput(['qemu-system-x86_64', '--version'])]
  const booted = await cachedFolder('machine-booted', made, async folder => {
    say('booting a Debian 13 in a virtual machine …')
    await withRetries(() => continued({ image, disk: join(image, 'disk.img') }, folder, async () => {}))
  })
  const ingredients = [booted, ...(await installationIngredients())]
  const installed = await cachedFolder('machine-installed', ingredients, async folder => {
    say('installing left4me in the virtual machine …')
    await continued({ image, ...saved(booted) }, folder, installOn)
  })
  return { image, ...saved(installed), first: true }
}

/** Starts a machine from a state, which stays as it is. */
export async function startMachine(state: MachineState): Promise<RunningMachine> {
  try {
    return await started(state, false)
  } catch (error) {
    if (!(error instanceof MachineEnded) || state.memory === undefined) throw error
    say(`the saved machine does not go on, it is booted instead: ${String(error)}`)
    const { memory: _, ...toBoot } = state
    return await withRetries(() => started(toBoot, false))
  }
}

async function machineImage(): Promise<string> {
  const ingredients = [
    ...(await baseTreeIngredients()),
    ...(await machineImageIngredients()),
    process.version,
  ]
  return await cachedFolder('machine-image', ingredients, async folder => {
    say('building the disk of a virtual machine …')
    await using additions = await temporaryFolder()
    const node = join(additions.path, 'usr/local/lib/left4me', `node-${process.versions.node}`, 'bin/node')
    await cp(process.execPath, node, { recursive: true })
    await buildMachineImage(folder, await baseTree(), additions.path, '4G')
  })
}

/** Everything but the tree and the additions that decides what an image is. */
export async function machineImageIngredients(): Promise<string[]> {
  return [await readFile(recipe, 'utf8')]
}

/** Fills an empty folder with what a machine boots from: machine-image.sh. */
export async function buildMachineImage(
  folder: string,
  tree: string,
  additions: string,
  size: string,
): Promise<void> {
  await fromArchive(folder, () =>
    commandOutput(['bash', recipe, folder, tree, additions, size], { timeoutMs: 60 * 60_000 }),
  )
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'left4me-image-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Goes on from a state, and leaves the disk and the memory as they are after `change` in a folder. */
export async function continued(
  from: MachineState,
  folder: string,
  change: (machine: Machine) => Promise<void>,
): Promise<void> {
  const { disk, memory } = saved(folder)
  // Of the 4 GB only what isn't a hole; Node's copyFile would fill them.
  await commandOutput(['cp', '--sparse=always', from.disk, disk])
  await using running = await started({ ...from, disk }, true)
  await change(running.machine)
  await running.machine.succeed('sync')
  // A connection in the saved memory would be one to nobody.
  await running.machine[Symbol.asyncDispose]()
  await running.qemu.save(memory)
}

async function started(state: MachineState, writable: boolean): Promise<RunningMachine> {
  await using stack = new AsyncDisposableStack()
  const folder = await makeBedFolder()
  stack.defer(async () => {
    await rm(folder, { recursive: true, force: true })
  })
  const qemu = stack.use(await Qemu.start({ ...state, writable, folder }))
  const address = { port: qemu.sshPort, credentials: state.image, folder }
  const machine = stack.use(await Machine.connect(address, () => qemu.failure()))
  if (state.memory === undefined) await machine.untilStarted()
  // It went to sleep some time ago.
  await machine.succeed(`date --set=@${(Date.now() / 1000).toFixed(3)}`)
  const parts = stack.move()
  return { machine, address, qemu, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

export function saved(folder: string): { disk: string; memory: string } {
  return { disk: join(folder, 'disk.img'), memory: join(folder, 'memory') }
}

/** An emulated processor isn't a real one: that the guest's kernel ends while it boots is seen now and then. */
export async function withRetries<T>(boot: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await boot()
    } catch (error) {
      if (!(error instanceof MachineEnded) || tries === 3) throw error
      say(`booting once more: ${String(error)}`)
    }
  }
}

function say(text: string): void {
  process.stderr.write(`left4me: ${text}\n`)
}
