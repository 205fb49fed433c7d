import type { InstanceName } from '../arguments/names.ts'
import { HelperError } from '../helper-error.ts'
import type { HostPaths } from '../host-paths.ts'
import { HostileFileError, HostileFolder } from '../hostile-files/hostile-folder.ts'
import { readHostileText } from '../hostile-files/read-hostile-file.ts'
import {
  type InstanceEnvironment,
  instanceEnvironmentLimits,
  parseInstanceEnvironment,
} from '../instance-environment/instance-environment.ts'

/** `instances/NAME/instance.env`, read as hostile. Throws `HelperError` (`bad-environment`). */
export function readInstanceEnvironment(paths: HostPaths, name: InstanceName): InstanceEnvironment {
  try {
    using root = HostileFolder.openTrusted(paths.root)
    using folder = root.open(['instances', name])
    return parseInstanceEnvironment(readHostileText(folder, 'instance.env', instanceEnvironmentLimits.file))
  } catch (error) {
    if (!(error instanceof HostileFileError)) throw error
    throw new HelperError('bad-environment', `${error.message}.`, {
      remedy: 'Start the server from the web application, which writes the file anew.',
      cause: error,
    })
  }
}
