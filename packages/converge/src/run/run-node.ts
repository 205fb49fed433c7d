import type { Item } from '../items/item.ts'
import type { Pending } from '../state/host-state.ts'
import type { SoftLock } from '../state/soft-locks.ts'
import { failureMessage } from './failure-message.ts'
import { differences, expectation, type Judgement, judge } from './judge.ts'
import type { Machine, UndoneRun } from './machine.ts'
import type { ItemReport, SkipReason } from './report.ts'
import type { RunOptions, Target } from './run-options.ts'
import { leftOut, softLocked } from './selection.ts'
import type { Step } from './step-script.ts'

/**
 * One pass over a node's items, level by level: judge, write down what is intended, change, look again. A plan is the
 * same pass that stops before the second step.
 */
export class NodeRun {
  readonly reports = new Map<string, ItemReport>()
  readonly #target: Target
  readonly #machine: Machine
  readonly #options: RunOptions
  readonly #writes: boolean
  /** Changed in this run, or behind something that was: asked again before it is judged. */
  readonly #touched = new Set<string>()
  readonly #ranBefore = new Map<string, boolean>()
  readonly #lockedBy = new Map<string, SoftLock>()
  #steps = 0
  #changed = false
  /** The item that undid the run, whose failure ends it. */
  #undoneBy: string | null = null

  constructor(options: { target: Target; machine: Machine; options: RunOptions; writes: boolean }) {
    this.#target = options.target
    this.#machine = options.machine
    this.#options = options.options
    this.#writes = options.writes
  }

  /** The run was undone: nothing more is done. */
  get undone(): boolean {
    return this.#undoneBy !== null
  }

  /** Locks and asks everything in one exchange. */
  async open(): Promise<void> {
    const excluded = leftOut(this.#target.graph, this.#options)
    const items = [...this.#target.graph.items.values()]
    const asked = items.filter(item => !excluded.has(item.id))
    // What can't be worked out here ends the run while nothing is written there.
    for (const item of asked) expectation(item)
    await this.#machine.open({
      writes: this.#writes,
      links: items.flatMap(item => (item.type === 'symlink' && item.ties.absent !== true ? [item.name] : [])),
      items: asked,
      proves: items.some(item => item.undoesRun === true),
    })
  }

  async converge(): Promise<void> {
    const { levels } = this.#target.graph
    const excluded = leftOut(this.#target.graph, this.#options)
    const locked = softLocked(this.#target.graph, this.#machine.softLocks, this.#options.holder ?? '')
    for (const [id, lock] of locked)
      if (!excluded.has(id)) {
        excluded.set(id, 'soft-locked')
        this.#lockedBy.set(id, lock)
      }
    for (const level of levels) {
      if (this.#undoneBy !== null) {
        for (const id of level) this.#skip(id, 'undone', this.#undoneBy)
        continue
      }
      const candidates = level.filter(id => !this.#isLeftOut(id, excluded))
      const stale = candidates.filter(id => this.#isStale(id))
      for (const id of stale) this.#touched.add(id)
      if (this.#writes) await this.#machine.ask(stale.map(id => this.#item(id)))
      const steps = candidates.flatMap(id => this.#decide(id))
      if (!this.#writes) for (const step of steps) this.#plan(step)
      else {
        // What proves the run comes when everything else of its level is done.
        const proofs = steps.filter(({ item }) => item.undoesRun === true)
        const others = steps.filter(({ item }) => item.undoesRun !== true)
        if (others.length > 0) await this.#change(others)
        for (const proof of proofs) {
          if (this.#undoneBy === null) await this.#change([proof])
          else this.#skip(proof.item.id, 'undone', this.#undoneBy)
        }
      }
    }
    const { items } = this.#target.graph
    // What can react no more isn't due any more.
    if (this.#writes)
      this.#machine.settle(this.#machine.state.pending.filter(({ triggered }) => !items.has(triggered)))
    await this.#machine.finish({ proven: this.#isProven() })
    if (!this.#changed) await this.#machine.dropGeneration()
  }

  /** Ends what wasn't come to when the connection broke. */
  interrupt(): void {
    for (const id of this.#target.graph.items.keys())
      if (!this.reports.has(id))
        this.reports.set(id, { id, status: 'skipped', reason: 'interrupted', differences: [] })
  }

  /** Everything that proves the run is as it should be. */
  #isProven(): boolean {
    return [...this.#target.graph.items.values()].every(
      ({ id, undoesRun }) =>
        undoesRun !== true || ['ok', 'fixed', 'idle'].includes(this.reports.get(id)?.status ?? ''),
    )
  }

  /** What was done in this run isn't any more, or some of it. */
  #takeBack(id: string, undone: UndoneRun): void {
    if (!undone.complete && undone.made.length === 0) return
    this.#undoneBy = id
    if (undone.complete) this.#machine.forgetGeneration()
    for (const [other, report] of this.reports)
      if (report.status === 'fixed' && undone.made.includes(this.#item(other).ties.path ?? other))
        this.reports.set(other, { ...report, status: 'skipped', reason: 'undone', because: id })
  }

  #item(id: string): Item {
    const item = this.#target.graph.items.get(id)
    if (item === undefined) throw new Error(`${id} is no item`)
    return item
  }

  #isLeftOut(id: string, excluded: ReadonlyMap<string, 'unselected' | SkipReason>): boolean {
    const why = excluded.get(id)
    if (why === 'unselected') this.reports.set(id, { id, status: 'unselected', differences: [] })
    else if (why !== undefined) {
      const lock = this.#lockedBy.get(id)
      this.#skip(id, why, lock === undefined ? undefined : `${lock.name} of ${lock.holder}`, lock?.comment)
    } else
      for (const need of this.#target.graph.needs.get(id) ?? []) {
        const { status } = this.reports.get(need) ?? {}
        if (status === 'failed') this.#skip(id, 'dependency-failed', need)
        else if (status === 'skipped') this.#skip(id, 'dependency-skipped', need)
        else continue
        return true
      }
    return why !== undefined
  }

  #skip(id: string, reason: SkipReason, because?: string, message?: string): void {
    this.reports.set(id, {
      id,
      status: 'skipped',
      reason,
      differences: [],
      ...(because === undefined ? {} : { because }),
      ...(message === undefined ? {} : { message }),
    })
  }

  #isStale(id: string): boolean {
    return [...(this.#target.graph.predecessors.get(id) ?? [])].some(other => this.#touched.has(other))
  }

  /** Reactions that are due and whose triggerer didn't fail in this run. */
  #due(id: string): Pending[] {
    return this.#machine.state.pending.filter(
      ({ triggered, triggerer }) => triggered === id && this.reports.get(triggerer)?.status !== 'failed',
    )
  }

  /** Reports an item that is as it should be; else the step that it needs. */
  #decide(id: string): Step[] {
    const item = this.#item(id)
    const judgement = judge(item, this.#machine.facts)
    if ('unavailable' in judgement) {
      if (this.#options.strict === true)
        this.reports.set(id, { id, status: 'failed', differences: [], message: judgement.unavailable })
      else this.#skip(id, 'secret-unavailable', undefined, judgement.unavailable)
      return []
    }
    const due = item.react !== undefined && this.#due(id).length > 0
    const fixes = item.onlyTriggered !== true && (judgement.keys.size > 0 || item.everyRun === true)
    if (fixes || due) {
      const satisfied = fixes && item.fixSatisfiesTrigger?.(judgement.actual) === true
      return [{ item, judgement, fixes, reacts: due && !satisfied, index: this.#steps++ }]
    }
    const maybe = !this.#writes && item.uncertain === true && this.#touched.has(id)
    this.reports.set(id, {
      id,
      status: item.onlyTriggered === true ? 'idle' : 'ok',
      differences: [],
      ...(maybe ? { maybe } : {}),
    })
    return []
  }

  #plan({ item, judgement, fixes, reacts }: Step): void {
    const { id } = item
    const onlyRuns = item.everyRun === true && judgement.keys.size === 0
    const maybe = item.uncertain === true && this.#touched.has(id)
    this.reports.set(id, {
      id,
      status: onlyRuns ? 'ran' : 'change',
      differences: fixes ? differences(judgement) : [],
      ...(reacts ? { triggered: true as const } : {}),
      ...(maybe ? { maybe } : {}),
    })
    this.#touched.add(id)
    if (!onlyRuns)
      for (const triggered of this.#target.graph.triggers.get(id) ?? [])
        this.#machine.state.pending.push({ triggered, triggerer: id })
  }

  async #change(steps: readonly Step[]): Promise<void> {
    const ready = await this.#precede(steps)
    if (ready.length === 0) return
    const triggers = (id: string) => [...(this.#target.graph.triggers.get(id) ?? [])]
    const before = this.#machine.state.pending.map(pair => JSON.stringify(pair))
    const marks = ready.flatMap(({ item }) =>
      triggers(item.id).map(triggered => ({ triggered, triggerer: item.id })),
    )
    for (const mark of marks)
      if (!before.includes(JSON.stringify(mark))) this.#machine.state.pending.push(mark)
    const results = await this.#machine.execute(ready, marks)
    for (const step of ready) {
      const { item, judgement } = step
      const after = judge(item, this.#machine.facts)
      const result = results.get(item.id)
      if ('unavailable' in after || result === undefined) throw new Error(`${item.id} has no result`)
      const left = item.onlyTriggered === true || item.everyRun === true ? [] : differences(after)
      const failed = result.exitCode !== 0 || left.length > 0
      const changed = !failed || JSON.stringify(after.actual) !== JSON.stringify(judgement.actual)
      this.reports.set(item.id, {
        id: item.id,
        status: failed ? 'failed' : item.everyRun === true ? 'ran' : 'fixed',
        differences: step.fixes ? differences(judgement) : [],
        milliseconds: result.milliseconds,
        ...(step.reacts ? { triggered: true as const } : {}),
        ...(failed
          ? {
              message: (item.redact ?? String)(
                failureMessage(
                  result,
                  left.map(({ key }) => key),
                ),
              ),
            }
          : {}),
      })
      if (result.undone !== undefined) this.#takeBack(item.id, result.undone)
      if (changed) {
        this.#touched.add(item.id)
        this.#changed = true
      }
      if (!failed) this.#machine.settle(this.#due(item.id))
      else if (!changed)
        this.#machine.settle(
          marks.filter(mark => mark.triggerer === item.id && !before.includes(JSON.stringify(mark))),
        )
    }
  }

  /** Runs what has to run before; returns the steps that may go on. */
  async #precede(steps: readonly Step[]): Promise<Step[]> {
    const wanted = (step: Step) => (step.fixes ? (this.#target.graph.precededBy.get(step.item.id) ?? []) : [])
    const first = [...new Set(steps.flatMap(wanted))].filter(
      id => !this.#ranBefore.has(id) && this.reports.get(id)?.status === 'idle',
    )
    if (first.length > 0) {
      const preceding = first.map((id): Step => {
        const item = this.#item(id)
        const nothing: Judgement = { keys: new Set(), expected: null, actual: null }
        return { item, judgement: nothing, fixes: false, reacts: true, index: this.#steps++ }
      })
      const results = await this.#machine.execute(preceding, [])
      for (const id of first) {
        const result = results.get(id)
        const failed = result?.exitCode !== 0
        this.#ranBefore.set(id, !failed)
        this.#changed = true
        this.reports.set(id, {
          id,
          status: failed ? 'failed' : 'fixed',
          differences: [],
          triggered: true,
          ...(result === undefined ? {} : { milliseconds: result.milliseconds }),
          ...(failed && result !== undefined ? { message: failureMessage(result, []) } : {}),
        })
      }
    }
    return steps.filter(step => {
      const failed = wanted(step).find(id => this.reports.get(id)?.status === 'failed')
      if (failed !== undefined) this.#skip(step.item.id, 'preceding-failed', failed)
      return failed === undefined
    })
  }
}
