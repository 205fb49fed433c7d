import { lstatSync, readFileSync } from 'node:fs'
import type { InstanceName } from '../arguments/names.ts'
import { derivedPorts } from '../derived-ports.ts'
import { HelperError } from '../helper-error.ts'
import { type HostPaths, unitNames } from '../host-paths.ts'
import type { InstanceEnvironment } from '../instance-environment/instance-environment.ts'
import { quoteValue, quoteWord } from '../instance-environment/quoting.ts'
import { unmount } from '../mounts/unmount.ts'
import { removeRootFile, replaceRootFile } from '../root-files/root-file.ts'
import { openLayers } from './open-layers.ts'
import { prepareServer } from './prepare.ts'
import { readInstanceEnvironment } from './read-environment.ts'
import { reportProblem } from './report-problem.ts'
import { findServerMount, mountServerLayers } from './server-mount.ts'
import { type ServerPlaces, serverPlaces } from './server-places.ts'
import { setServerQuota } from './server-quota.ts'
import { allowPorts } from './socket-filter.ts'

/**
 * Makes everything ready for the server's unit, as its instance.env says: the mounted layers, the environment file that
 * systemd reads, and the ports that it may bind. Idempotent: a mount that is as wanted stays, another one of the server's
 * own is replaced. After a failure nothing is mounted, and the reason stands in `NAME.problem`. Needs root, in the
 * host's mount namespace; to be called by the server's overlay unit only, so that no two run at once.
 */
export async function mountServer(paths: HostPaths, name: InstanceName): Promise<void> {
  const places = serverPlaces(paths, name)
  removeRootFile(places.diskLimit)
  try {
    const environment = readInstanceEnvironment(paths, name)
    prepareServer(paths, name)
    // Done by others meanwhile.
    const others = Promise.all([
      allowPorts(`${unitNames.server}@${name}.service`, environment.port),
      setServerQuota(paths, name, places),
    ])
    try {
      mountAsWanted(paths, places, environment)
      requireProgram(places)
      replaceRootFile(places.environment, formatServerEnvironment(environment), 0o600)
    } finally {
      await others
    }
    removeRootFile(places.problem)
  } catch (error) {
    throw reportProblem(places, unmountAfter(places, error))
  }
}

/** What the server's unit reads: its own ports spelt out, and the arguments quoted for the splitting of `$L4D2_ARGS`. */
export function formatServerEnvironment(environment: InstanceEnvironment): string {
  const { client, television, steam } = derivedPorts(environment.port)
  return [
    `L4D2_PORT=${environment.port}`,
    `L4D2_CLIENT_PORT=${client}`,
    `L4D2_TV_PORT=${television}`,
    `L4D2_STEAM_PORT=${steam}`,
    `L4D2_ARGS=${quoteValue(environment.arguments.map(quoteWord).join(' '))}`,
    '',
  ].join('\n')
}

function mountAsWanted(paths: HostPaths, places: ServerPlaces, { lowerdirs }: InstanceEnvironment): void {
  const wanted = `${lowerdirs.join('\n')}\n`
  let mount = findServerMount(places)
  if (mount && readLayers(places) !== wanted) {
    unmount(mount)
    mount = null
  }
  if (!mount) {
    using layers = openLayers(paths, lowerdirs)
    // Written before: a mount without its list would be one that nobody can compare.
    replaceRootFile(places.layers, wanted, 0o644)
    mountServerLayers(places, layers.descriptors)
  }
}

/** Leaves no mount after a failure, and returns that; or what keeps the mount from being unmounted. */
function unmountAfter(places: ServerPlaces, failure: unknown): unknown {
  if (failure instanceof HelperError && failure.code === 'busy') return failure
  try {
    const mount = findServerMount(places)
    if (mount) unmount(mount)
    return failure
  } catch (error) {
    return error
  }
}

function readLayers(places: ServerPlaces): string | null {
  try {
    return readFileSync(places.layers, 'utf8')
  } catch {
    return null
  }
}

function requireProgram(places: ServerPlaces): void {
  const program = lstatSync(`${places.merged}/srcds_run`, { throwIfNoEntry: false })
  if (program?.isFile() && (program.mode & 0o111) !== 0) return
  throw new HelperError(
    'program-missing',
    program
      ? 'srcds_run in the merged layers is not a plain file that may be executed.'
      : 'srcds_run is missing from the merged layers.',
    { remedy: 'Update the installation, and reset the server if its own files hide srcds_run.' },
  )
}
