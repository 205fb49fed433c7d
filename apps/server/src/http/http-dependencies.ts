import type { RouteName } from '@left4me/contract'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Audit } from '../audit/audit.ts'
import type { ClientAddresses } from './client-address.ts'
import type { Endpoints, SignedIn } from './endpoints.ts'
import type { Owners } from './owners.ts'
import type { WebFiles } from './web-files.ts'

export interface HttpAppDependencies {
  readonly endpoints: Endpoints
  readonly owners: Owners
  /** Refuses what would change something, by its method. */
  readonly readOnly: { guard(method: string): void }
  /** Who a request's cookie or token belongs to; null for nobody. */
  readonly identify: (request: FastifyRequest) => Promise<SignedIn | null>
  readonly audit: Pick<Audit, 'record'>
  readonly clientAddresses: ClientAddresses
  readonly log: FastifyBaseLogger
  readonly webFiles: WebFiles
  /** Told of every answer of a route, for the metrics. */
  readonly onAnswer: (answer: { route: RouteName; status: number; seconds: number }) => void
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set for routes of the API before their rights are checked. */
    caller: SignedIn | null
  }
}
