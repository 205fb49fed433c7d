import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Item } from '../items/item.ts'
import { buildGraph } from '../relations/graph.ts'
import { applySubject, known, planSubject } from '../run/converge.ts'
import type { ItemReport, Report } from '../run/report.ts'
import type { RunOptions, Target } from '../run/run-options.ts'
import { localShell, type Transport } from '../transport/transport.ts'

/** A folder that stands for a machine, with the engine's state in it, through a real shell. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), 'converge-'))
  readonly stateFolder = join(this.folder, 'state')
  transport: Transport = localShell()

  path(name: string): string {
    return join(this.folder, name)
  }

  target(items: readonly Item[]): Target {
    return { name: 'scratch', graph: buildGraph(items.map(item => ({ item, bundle: 'test' }))) }
  }

  apply(items: readonly Item[], options: RunOptions = {}): Promise<Report> {
    return applySubject(known(this.target(items)), this.transport, {
      stateFolder: this.stateFolder,
      ...options,
    })
  }

  plan(items: readonly Item[], options: RunOptions = {}): Promise<Report> {
    return planSubject(known(this.target(items)), this.transport, {
      stateFolder: this.stateFolder,
      ...options,
    })
  }

  /** Resolves when no shell is at work any more, also one whose connection is gone: its lock goes with it. */
  async untilFree(): Promise<void> {
    await promisify(execFile)('flock', [join(this.stateFolder, 'lock'), 'true'])
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export function statusOf(report: Report, id: string): ItemReport['status'] | undefined {
  return report.items.find(item => item.id === id)?.status
}

export function itemOf(report: Report, id: string): ItemReport {
  const item = report.items.find(other => other.id === id)
  if (item === undefined) throw new Error(`${id} isn't in the report`)
  return item
}
