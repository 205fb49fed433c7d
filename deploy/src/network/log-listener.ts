import { DeployError } from '../deploy-error.ts'
import { firewallFragment, type HostFile } from '../units/host-file.ts'
import { firstEphemeralPort, type ServerPorts } from './port-ranges.ts'

/**
 * Lets servers send their logs to the web application's listener on this host. Throws `DeployError` (`bad-ports`) for a
 * port that servers or the kernel use.
 */
export function logListenerFragment(port: number, servers: ServerPorts): HostFile {
  const taken = Object.values(servers).some(({ start, end }) => port >= start && port <= end)
  if (!Number.isSafeInteger(port) || port < 1024 || port >= firstEphemeralPort || taken) {
    throw new DeployError('bad-ports', `The log listener can't have port ${port}.`, {
      remedy: `Choose one from 1024 to ${firstEphemeralPort - 1} that isn't among those of the servers, for example 27500.`,
    })
  }
  return firewallFragment('log-listener', [`add element inet left4me ports_to_send_to { ${port} }`])
}
