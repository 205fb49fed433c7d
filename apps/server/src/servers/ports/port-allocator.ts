import type { PortRange } from '../../config/ports.ts'
import { ProblemError, refuse } from '../../http/problem-error.ts'
import type { Viewer } from '../../overlays/overlay-rows.ts'
import type { ServerDirectory } from '../server-directory.ts'
import { describePortHolder } from './port-holder.ts'
import type { PortProbe } from './port-probe.ts'

/** Which ports may be given to a server. Who writes one into a row first has it: the column is unique. */
export class PortAllocator {
  readonly #range: PortRange
  readonly #directory: ServerDirectory
  readonly #probe: PortProbe

  constructor(options: { range: PortRange; directory: ServerDirectory; probe: PortProbe }) {
    this.#range = options.range
    this.#directory = options.directory
    this.#probe = options.probe
  }

  /**
   * Gives `take` the free ports, lowest first, until it takes one (it answers null when somebody else was faster).
   * Rejects with `no-free-port`.
   */
  async withFreePort<Taken>(take: (port: number) => Promise<Taken | null>): Promise<Taken> {
    for (let port = this.#range.start; port <= this.#range.end; port += 1) {
      if (this.#directory.byPort(port) !== null || !(await this.#probe.isFree(port))) continue
      const taken = await take(port)
      if (taken !== null) return taken
    }
    throw new ProblemError(
      'no-free-port',
      `All ports from ${this.#range.start} to ${this.#range.end} are taken. Delete a server, or widen LEFT4ME_PORT_RANGE_START..END.`,
    )
  }

  /**
   * Rejects with `invalid-input` outside the range, with `port-taken` when a server or another program has it, named as
   * far as the viewer may know. `own` are ports that the server itself has or listens on.
   */
  async refuseUnlessFree(port: number, viewer: Viewer, own: readonly number[] = []): Promise<void> {
    const { start, end } = this.#range
    if (own.includes(port)) return
    if (port < start || port > end) {
      throw refuse('invalid-input', '/port', `Must be from ${start} to ${end}: players reach no other ports.`)
    }
    const other = this.#directory.byPort(port)
    if (other !== null) {
      const visible = viewer.role === 'admin' || other.ownerId === viewer.userId
      const name = visible ? `the server “${other.name}”` : 'a server of somebody else'
      throw refuse('port-taken', '/port', `Port ${port} belongs to ${name}. Choose another one.`)
    }
    if (await this.#probe.isFree(port)) return
    const holder = await describePortHolder(port)
    throw refuse(
      'port-taken',
      '/port',
      `Port ${port} is held by ${holder} on this machine. Choose another one.`,
    )
  }
}
