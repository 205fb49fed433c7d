import type { Node } from '@left4me/converge'
import type { HostDefinition } from '@left4me/deploy'

/** What the commands of `left4me-deploy` have from their surroundings. */
export interface Deployment {
  /** Absolute; where node files are unless `--nodes` names another folder. */
  readonly nodesFolder: string
  /** A host with all that belongs on it. Throws ConvergeError (`bad-definition`) and DeployError. */
  readonly makeNode: (name: string, definition: HostDefinition) => Node
  /** Says something to the person who waits. Never part of the answer, which programs may read. */
  readonly remark: (text: string) => void
  /** What is at work now, to a person who watches a terminal; null when it is over, or nobody watches. */
  readonly showStep: ((step: string | null) => void) | null
  /** Whether answers may be coloured. */
  readonly colours: boolean
  /** Aborted when the person interrupts: the connection is broken then. */
  readonly signal: AbortSignal
  /** Where the engine keeps its own state on targets, other than where it always does. */
  readonly stateFolder?: string
}
