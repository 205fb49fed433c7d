import { derivedPorts } from '../derived-ports.ts'
import type { InstanceSpecification } from '../host.ts'

/**
 * What srcds_run is started with. `-norestart`: without it srcds_run restarts its child itself and no crash is seen.
 * `-strictportbind`: without it the engine silently takes another port. `-ip 0.0.0.0`: without it RCON listens on one
 * address only. The RCON password never stands here: everybody may read a command line.
 */
export function commandArguments(specification: InstanceSpecification): string[] {
  const { port } = specification
  const { client, television, steam } = derivedPorts(port)
  return [
    '-game',
    'left4dead2',
    '-console',
    '-norestart',
    '-strictportbind',
    '-ip',
    '0.0.0.0',
    '-port',
    String(port),
    '+clientport',
    String(client),
    '+tv_port',
    String(television),
    '-steamport',
    String(steam),
    ...specification.arguments,
  ]
}
