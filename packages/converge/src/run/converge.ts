import { ConvergeError, withRemedy } from '../converge-error.ts'
import { trimScript } from '../state/host-state.ts'
import { leftovers, prune } from '../state/prune.ts'
import { Session } from '../transport/session.ts'
import type { Transport } from '../transport/transport.ts'
import { addDiffs } from './add-diffs.ts'
import { Machine } from './machine.ts'
import { countItems, exitCodeOf, type Report } from './report.ts'
import { NodeRun } from './run-node.ts'
import type { RunOptions, Target } from './run-options.ts'

/** What a run is about: known beforehand, or found out by asking the target first, over the same connection. */
export interface Subject {
  readonly name: string
  readonly build: (session: Session) => Promise<Target>
}

export function known(target: Target): Subject {
  return { name: target.name, build: async () => target }
}

/** Makes the target as the items say. Needs the rights that the items need. Idempotent: repeated, it changes nothing. */
export function applySubject(
  subject: Subject,
  transport: Transport,
  options: RunOptions = {},
): Promise<Report> {
  return run(subject, transport, options, 'apply')
}

/** What apply would change. Changes nothing, takes no lock. */
export function planSubject(
  subject: Subject,
  transport: Transport,
  options: RunOptions = {},
): Promise<Report> {
  return run(subject, transport, options, 'plan')
}

/**
 * A definition that can't be used is thrown, and what else goes wrong here before anything is written; from then on, and
 * when the target can't be reached, there is a report.
 */
async function run(
  subject: Subject,
  transport: Transport,
  options: RunOptions,
  mode: 'plan' | 'apply',
): Promise<Report> {
  const before = performance.now()
  await using session = new Session(transport)
  const machine = new Machine({ session, options })
  let nodeRun: NodeRun | undefined
  let target: Target | undefined
  let error: { code: string; message: string } | undefined
  let pruned = { pruned: [] as string[], unpruned: [] as string[] }
  try {
    session.start(options.signal)
    target = await subject.build(session)
    nodeRun = new NodeRun({ target, machine, options, writes: mode === 'apply' })
    await nodeRun.open()
    await nodeRun.converge()
    if (mode === 'plan') await addDiffs(target, nodeRun.reports, session)
    else if (options.prune === true && !nodeRun.undone) pruned = await prune(session, machine, target)
    if (machine.generation !== null) {
      const trim = trimScript([...machine.state.generations, machine.generation], options.generations ?? 10)
      if (trim !== '') await session.run(trim)
    }
  } catch (thrown) {
    const known = thrown instanceof ConvergeError && thrown.code !== 'bad-definition'
    if (!known && machine.generation === null) throw thrown
    error = { code: known ? thrown.code : 'failed-here', message: withRemedy(thrown) }
    nodeRun?.interrupt()
  }
  const ids = target?.graph.items ?? new Map()
  const items = [...ids.keys()].flatMap(id => nodeRun?.reports.get(id) ?? [])
  const counts = countItems(items)
  const left = target === undefined ? [] : leftovers(machine.state, target.graph).map(({ label }) => label)
  return {
    node: subject.name,
    mode,
    items,
    counts,
    ...(error === undefined ? {} : { error }),
    generation: machine.generation,
    undeclared: [...new Set(left)].filter(label => !pruned.pruned.includes(label)).sort(),
    ...pruned,
    pending: [...new Set(machine.state.pending.map(({ triggered }) => triggered))].sort(),
    exchanges: session.exchanges,
    milliseconds: Math.round(performance.now() - before),
    exitCode: exitCodeOf({ mode, counts, ...(error === undefined ? {} : { error }) }),
  }
}
