import { execFile, spawn } from 'node:child_process'
import { closeSync, openSync, realpathSync } from 'node:fs'
import { lstat, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { InstanceSpecification } from '../../host.ts'
import { HostError } from '../../host-error.ts'
import { requireInstallation, requireLayers } from '../../instance/requirements.ts'
import type { Layout } from '../../layout.ts'
import { commandArguments } from '../command-line.ts'
import type { SupervisorConfiguration } from './configuration.ts'

/** Searched for programs by the stage script and by the game: system folders only. */
const searchPath = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'

const stageScript = join(import.meta.dirname, 'stage.sh')

/**
 * Makes the instance's folders, FIFOs and links to layers. Rejects with `not-installed` or `layer-missing` when a
 * layer isn't there.
 */
export async function prepareStage(
  layout: Layout,
  configuration: SupervisorConfiguration,
  specification: InstanceSpecification,
): Promise<void> {
  const { instanceId } = specification
  const paths = layout.instance(instanceId)
  const runtime = layout.runtimeOf(instanceId)
  const installation = await requireInstallation(layout, specification.installation)
  const layers = await requireLayers(layout, specification.layers)
  layers.push(installation.folder)

  await mkdir(paths.folder, { recursive: true, mode: 0o700 })
  for (const folder of [runtime.upper, runtime.work, runtime.merged])
    await mkdir(folder, { recursive: true, mode: 0o755 })
  await rm(paths.exit, { force: true })
  await rm(paths.layers, { recursive: true, force: true })
  await mkdir(paths.layers, { mode: 0o700 })
  await Promise.all([
    ...layers.map((folder, index) => symlink(folder, join(paths.layers, String(index)))),
    symlink(runtime.upper, join(paths.layers, 'u')),
    symlink(runtime.work, join(paths.layers, 'w')),
  ])
  const missing: string[] = []
  for (const path of [paths.input, paths.output]) {
    const found = await lstat(path).catch(() => null)
    if (found?.isFIFO()) continue
    if (found) await rm(path, { recursive: true, force: true })
    missing.push(path)
  }
  if (missing.length > 0)
    await promisify(execFile)(configuration.programs.mkfifo, ['-m', '600', ...missing], { env: {} })
}

export interface Holder {
  readonly pid: number
  /** It and everything below it is gone, the mounts with them. */
  readonly exited: Promise<void>
}

/** Starts the namespaces. They are in a session of their own and outlive the supervisor. */
export function spawnStage(
  layout: Layout,
  configuration: SupervisorConfiguration,
  specification: InstanceSpecification,
  nonce: string,
): Holder {
  const { programs, hideData, root } = configuration
  const { instanceId } = specification
  const paths = layout.instance(instanceId)
  const output = openSync(paths.stageLog, 'w', 0o600)
  // Opened out here: inside, a file open for writing would keep its file system from becoming read-only.
  const exit = openSync(paths.exit, 'w', 0o600)
  try {
    const child = spawn(
      programs.unshare,
      [
        '--user',
        '--map-root-user',
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        '--propagation',
        'private',
        '--',
        programs.shell,
        stageScript,
        root,
        String(instanceId),
        String(process.getuid?.() ?? 0),
        String(process.getgid?.() ?? 0),
        String(specification.layers.length + 1),
        nonce,
      ],
      {
        cwd: '/',
        detached: true,
        stdio: ['ignore', output, output, exit],
        env: {
          PATH: searchPath,
          HOME: join(root, 'home'),
          SHELL: programs.shell,
          LANG: 'C.UTF-8',
          TERM: 'dumb',
          LEFT4ME_HIDE: hideData ? 'yes' : 'no',
          LEFT4ME_SHARE_TMP: needsTmp(root) ? 'yes' : 'no',
          LEFT4ME_MOUNT: programs.mount,
          LEFT4ME_UNSHARE: programs.unshare,
          LEFT4ME_SETPRIV: programs.setpriv ?? '',
          LEFT4ME_SCRIPT: programs.script,
          LEFT4ME_ARGUMENTS: commandArguments(specification).join('\n'),
        },
      },
    )
    const exited = new Promise<void>(resolve => {
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    })
    child.unref()
    if (child.pid === undefined)
      throw new HostError('start-failed', `${programs.unshare} can't be started.`, {
        remedy: 'Install the package util-linux.',
      })
    return { pid: child.pid, exited }
  } finally {
    closeSync(output)
    closeSync(exit)
  }
}

/** Whether the data directory, or Node, which runs the simulated game, would vanish with the machine's /tmp. */
function needsTmp(root: string): boolean {
  return [root, realpathSync(root), realpathSync(process.execPath)].some(path => path.startsWith('/tmp/'))
}
