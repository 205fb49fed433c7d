import { withRemedy } from '../converge-error.ts'
import type { FactRequest } from '../facts/fact-request.ts'
import { probeScript } from '../facts/probe-script.ts'
import { ProbedFacts } from '../facts/probed-facts.ts'
import type { Item } from '../items/item.ts'
import { shellLibrary } from '../shell/library.ts'
import {
  checkOpened,
  type HostState,
  intentScript,
  openingScript,
  type Pending,
  settleScript,
  takeStateRecord,
} from '../state/host-state.ts'
import { readSoftLock, type SoftLock, softLocksScript } from '../state/soft-locks.ts'
import type { Payload } from '../transport/payload.ts'
import type { Session } from '../transport/session.ts'
import { defaultStateFolder, type RunOptions } from './run-options.ts'
import { type Step, stepScript } from './step-script.ts'

/** How a target undid what had been done, by itself. */
export interface UndoneRun {
  /** Paths, and ids of actions. */
  readonly made: readonly string[]
  /** Why it isn't wholly undone, or not at all. */
  readonly problems: readonly string[]
  /** Everything that could be undone was. */
  readonly complete: boolean
}

export interface StepResult {
  /** Set for a step that failed and undid its run. */
  readonly undone?: UndoneRun
  readonly exitCode: number
  readonly output: string
  readonly milliseconds: number
}

/** The target as one run sees it: what is known of it, what the engine keeps on it, and how it is changed. */
export class Machine {
  readonly facts = new ProbedFacts()
  readonly state: HostState = { pending: [], manifest: [], generations: [] }
  /** Others' wishes, and this holder's. */
  readonly softLocks: SoftLock[] = []
  readonly #session: Session
  readonly #options: RunOptions
  #settled: Pending[] = []
  #generation: number | null = null
  #stepStarted = 0
  #undo: string[][] = []
  /** Some item proves runs and undoes what isn't proven. */
  #proves = false

  constructor(options: { session: Session; options: RunOptions }) {
    this.#session = options.session
    this.#options = options.options
  }

  /** The generation that was begun; null while nothing was changed. */
  get generation(): number | null {
    return this.#generation
  }

  /** The number of this run's generation, from now on at least. */
  beginGeneration(): number {
    this.#generation ??= Math.max(0, ...this.state.generations) + 1
    return this.#generation
  }

  /** One exchange: lock (when it `writes`), the engine's state, and all that the items ask. */
  async open({
    writes,
    links,
    items,
    proves,
  }: {
    writes: boolean
    links: readonly string[]
    items: readonly Item[]
    proves: boolean
  }): Promise<void> {
    this.#proves = proves
    const stateFolder = this.#options.stateFolder ?? defaultStateFolder
    const records = await this.#session.run(
      [
        shellLibrary({ stateFolder, links }),
        softLocksScript,
        openingScript({ writes, holder: this.#options.holder ?? 'another run' }),
        probeScript(items.flatMap(item => item.requests)),
      ].join('\n'),
    )
    checkOpened(records, stateFolder)
    for (const record of records) {
      const lock = readSoftLock(record)
      if (lock !== null) this.softLocks.push(lock)
      else if (!takeStateRecord(this.state, record)) this.facts.take(record)
    }
  }

  /** One exchange: what was settled, what is intended, the steps, and another look at what they changed. */
  async execute(steps: readonly Step[], marks: readonly Pending[]): Promise<Map<string, StepResult>> {
    const generation = this.beginGeneration()
    const results = new Map<string, StepResult>()
    const ready: Step[] = []
    for (const step of steps) {
      const problem = await this.#send(step.item)
      if (problem === null) ready.push(step)
      else results.set(step.item.id, { exitCode: 1, output: problem, milliseconds: 0 })
    }
    const manifest = ready.flatMap(({ item, fixes, judgement }) =>
      (fixes ? (item.touches?.() ?? []) : []).flatMap(touched => {
        const made = touched.kind !== 'directory' ? touched : { ...touched, value: 'made' }
        // A folder that was there before, or a file whose content is somebody else's, isn't ours to remove.
        const theirs =
          touched.kind === 'directory'
            ? judgement.actual !== null
            : touched.kind === 'file' && touched.value === ''
        return theirs ? [] : [{ id: item.id, touched: made }]
      }),
    )
    const paths = ready.flatMap(({ item, fixes }) =>
      (fixes ? (item.touches?.() ?? []) : []).map(({ path }) => path),
    )
    const requests = ready.flatMap(({ item }) => item.requests)
    const script = [
      settleScript(this.#takeSettled()),
      intentScript({ generation, pending: marks, manifest, paths, unproven: this.#proves }),
      'rm -f "$W/packages" "$W/apt-code"',
      ...ready.flatMap(({ item, fixes, judgement }) =>
        fixes ? (item.batch?.(judgement.keys, judgement.actual) ?? []) : [],
      ),
      ...ready.map(stepScript),
      'if [ -e "$W/reload-due" ]; then rm "$W/reload-due"; systemctl daemon-reload >/dev/null 2>&1 </dev/null 9>&-; fi',
      'sync_parents; : >"$S/unfinished"',
      probeScript(requests),
    ].join('\n')
    this.#stepStarted = performance.now()
    const records = await this.#session.run(script, record => this.#onStep(record, results))
    this.facts.forget(requests)
    for (const record of records) if (!isUndoRecord(record)) this.facts.take(record)
    return results
  }

  /** Sends what the item's step reads; why that can't be had here, where it can't. */
  async #send(item: Item): Promise<string | null> {
    for (const { name, payload } of item.uploads ?? []) {
      let content: Payload
      try {
        content = payload()
      } catch (error) {
        return withRemedy(error)
      }
      await this.#session.put(name, content)
    }
    return null
  }

  #onStep(record: string[], results: Map<string, StepResult>): void {
    const [kind, id = '', code, output = '', errors = ''] = record
    if (isUndoRecord(record)) this.#undo.push(record)
    else if (kind === 'start') {
      this.#stepStarted = performance.now()
      this.#options.onProgress?.({ kind: 'started', id })
    } else if (kind === 'step') {
      const milliseconds = Math.round(performance.now() - this.#stepStarted)
      results.set(id, {
        exitCode: Number(code),
        output: [output, errors].filter(Boolean).join('\n'),
        milliseconds,
        ...(this.#undo.length === 0 ? {} : { undone: undoneRun(this.#undo) }),
      })
      this.#undo = []
      this.#options.onProgress?.({ kind: 'ended', id, exitCode: Number(code), milliseconds })
    }
  }

  /** The target keeps this run's generation no longer: it has undone it, or there is nothing in it. */
  forgetGeneration(): void {
    this.#generation = null
  }

  /** Takes back a generation in which nothing was changed after all. */
  async dropGeneration(): Promise<void> {
    if (this.#generation === null) return
    await this.#session.run(`rm -rf "$S/generations/${this.#generation}"`)
    this.#generation = null
  }

  /** Looks again at what these items are about. */
  async ask(items: readonly Item[]): Promise<void> {
    const requests: FactRequest[] = items.flatMap(item => item.requests)
    if (requests.length === 0) return
    const records = await this.#session.run(probeScript(requests))
    this.facts.forget(requests)
    for (const record of records) this.facts.take(record)
  }

  /** These reactions are no longer due; the target learns it with the next exchange. */
  settle(pairs: readonly Pending[]): void {
    for (const pair of pairs) {
      this.#settled.push(pair)
      const at = this.state.pending.findIndex(other => JSON.stringify(other) === JSON.stringify(pair))
      if (at !== -1) this.state.pending.splice(at, 1)
    }
  }

  /** Tells the target what was settled last, and that a run is `proven`. */
  async finish({ proven }: { proven: boolean }): Promise<void> {
    const script = [
      ...(this.#settled.length > 0 ? [settleScript(this.#takeSettled())] : []),
      ...(proven && this.#proves && this.#generation !== null ? ['proven'] : []),
    ]
    if (script.length > 0) await this.#session.run(script.join('\n'))
  }

  #takeSettled(): Pending[] {
    const settled = this.#settled
    this.#settled = []
    return settled
  }
}

function isUndoRecord([kind = '']: readonly string[]): boolean {
  return kind === 'undone' || kind.startsWith('undo-')
}

/** The records of shell/undo-functions.ts. */
function undoneRun(records: readonly (readonly string[])[]): UndoneRun {
  const of = (wanted: string) => records.flatMap(([kind, text]) => (kind === wanted ? [text ?? ''] : []))
  return {
    made: of('undone'),
    problems: [
      ...[...of('undo-impossible'), ...of('undo-failed')].map(text => text.trim()),
      ...of('undo-left').map(path => `${path} was changed by somebody else and was left.`),
    ],
    complete: of('undo-complete').length > 0,
  }
}
