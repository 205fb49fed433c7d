import { ConvergeError } from '../converge-error.ts'
import { keyOf } from '../facts/fact-request.ts'
import { probeScript } from '../facts/probe-script.ts'
import { applySubject, planSubject, type Subject } from '../run/converge.ts'
import type { Report } from '../run/report.ts'
import type { RunOptions } from '../run/run-options.ts'
import { shellLibrary } from '../shell/library.ts'
import { Session } from '../transport/session.ts'
import type { Transport } from '../transport/transport.ts'
import { type BuiltNode, buildNode, bundlesOf } from './build-node.ts'
import type { Node } from './define.ts'

export interface NodeOptions extends RunOptions {
  /** Told what the node came to be once its machine's facts are known, before anything is changed. */
  readonly onBuilt?: (built: BuiltNode) => void
}

/** Makes the machine behind `transport` what `node` says. A wrong definition is thrown before anything is written. */
export function apply(node: Node, transport: Transport, options: NodeOptions = {}): Promise<Report> {
  return applySubject(subjectOf(node, options), transport, options)
}

/** What `apply` would change. */
export function plan(node: Node, transport: Transport, options: NodeOptions = {}): Promise<Report> {
  return planSubject(subjectOf(node, options), transport, options)
}

/** Whether the machine is still what `node` says: `plan` under another name, exit code 3 on drift. */
export function verify(node: Node, transport: Transport, options: NodeOptions = {}): Promise<Report> {
  return plan(node, transport, options)
}

/** What the target answers to all that the node's bundles want to know, as the `facts` of a node. Changes nothing. */
export async function askFacts(
  node: Node,
  transport: Transport,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  await using session = new Session(transport)
  session.start(signal)
  return await probeFacts(node, session)
}

function subjectOf(node: Node, { onBuilt }: NodeOptions): Subject {
  // What is wrong in any case is said before somebody is asked.
  const asks = bundlesOf(node).some(bundle => (bundle.facts ?? []).length > 0)
  const built = asks ? null : buildNode(node)
  return {
    name: node.name,
    build: async session => {
      const known = built ?? buildNode(node, await probeFacts(node, session))
      onBuilt?.(known)
      return known
    },
  }
}

/** Asks the target all that the node's bundles want to know, in one exchange. */
async function probeFacts(node: Node, session: Session): Promise<Record<string, unknown>> {
  const probes = bundlesOf(node).flatMap(bundle => bundle.facts ?? [])
  const asked = probes.map(probe => ({ kind: 'command' as const, script: probe.script, seconds: 30 }))
  const records = await session.run(`${shellLibrary({ stateFolder: '/', links: [] })}\n${probeScript(asked)}`)
  const answers = new Map(records.map(([, key = '', code, output = '']) => [key, { code, output }]))
  const facts: Record<string, unknown> = {}
  for (const [index, probe] of probes.entries()) {
    const request = asked[index]
    const answer = request === undefined ? undefined : answers.get(keyOf(request))
    if (answer?.code !== '0')
      throw new ConvergeError(
        'bad-answer',
        `The fact ${probe.path} of ${node.name} can't be read: ${answer?.output ?? ''}`,
      )
    put(facts, probe.path.split('/'), probe.parse(answer.output))
  }
  return facts
}

function put(map: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) map[key] = value
  else {
    const inner = (map[key] ?? {}) as Record<string, unknown>
    map[key] = inner
    put(inner, rest, value)
  }
}
