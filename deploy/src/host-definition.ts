import type { Group } from '@left4me/converge'

/** How the controller reaches a host. */
export type Connection =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'ssh'
      /** The panel's domain when left out. */
      readonly host?: string
      /** root when left out. */
      readonly user?: string
      readonly port?: number
      /** A file for `ssh -F`. */
      readonly configuration?: string
      /** Root by `sudo -n`, for a user who isn't root. */
      readonly sudo?: boolean
    }

/** What nodes/NAME.ts exports as its default: one host. */
export interface HostDefinition {
  /** `{ left4me: { domain: 'l4d2.example.org' } }` is enough. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** By ssh as root when left out. */
  readonly connection?: Connection
  readonly groups?: readonly Group[]
  /** Recorded answers of the machine, for `test`; what is asked replaces them. */
  readonly facts?: Readonly<Record<string, unknown>>
}

export function defineHost(definition: HostDefinition): HostDefinition {
  return definition
}
