import type { InstanceSpecification } from '../host.ts'

/**
 * Besides its game port srcds binds a client port and a SourceTV port, whose defaults (27005, 27020) collide as soon as
 * there are two servers, the second one inside the range of game ports. Both are derived from the game port by offsets
 * that lead out of that range: for 27015-27115 clients are 28015-28115 and SourceTV is 29015-29115.
 * Offsets wrap back to unprivileged ports, so that every game port has a pair.
 */
const clientPortOffset = 1000
const televisionPortOffset = 2000

function clientPort(port: number): number {
  return shifted(port, clientPortOffset)
}

function televisionPort(port: number): number {
  return shifted(port, televisionPortOffset)
}

function shifted(port: number, offset: number): number {
  return port + offset <= 65535 ? port + offset : port - 10_000 + offset
}

/**
 * What srcds_run is started with. `-norestart`: without it srcds_run restarts its child itself and no crash is seen.
 * `-strictportbind`: without it the engine silently takes another port. `-ip 0.0.0.0`: without it RCON listens on one
 * address only. The RCON password never stands here: everybody may read a command line.
 */
export function commandArguments(specification: InstanceSpecification): string[] {
  const { port } = specification
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
    String(clientPort(port)),
    '+tv_port',
    String(televisionPort(port)),
    ...specification.arguments,
  ]
}
