import { ConvergeError } from '../converge-error.ts'
import { shellLibrary } from '../shell/library.ts'
import { checkOpened, openingScript } from '../state/host-state.ts'
import { Session } from '../transport/session.ts'
import type { Transport } from '../transport/transport.ts'
import { defaultStateFolder, type RunOptions } from './run-options.ts'

export interface RollbackReport {
  /** The generation that was undone. */
  readonly generation: number
  readonly restored: readonly string[]
  /** Paths that somebody changed since: left as they are. */
  readonly left: readonly string[]
  readonly failed: readonly string[]
  /** Items that had reacted to what was undone: services that run the content before again once they are restarted. */
  readonly reacted: readonly string[]
  /** Why nothing was undone: what was written since would be lost, or what was there before is gone. */
  readonly refused: string | null
  /** It is undone all the same once `acceptLoss` is said. */
  readonly acceptable: boolean
  readonly exitCode: 0 | 1
}

/**
 * Undoes the last run that changed something, its last change first: files, links, folders and trees get back what was
 * there, and actions that know how are taken back. All else (packages, accounts) stays. Services that had reacted react
 * again. Repeated, it undoes the run before.
 */
export async function rollback(transport: Transport, options: RunOptions = {}): Promise<RollbackReport> {
  await using session = new Session(transport)
  session.start(options.signal)
  const stateFolder = options.stateFolder ?? defaultStateFolder
  const opened = await session.run(
    `${shellLibrary({ stateFolder, links: [] })}\n${openingScript({ writes: true, holder: options.holder ?? 'a rollback' })}`,
  )
  checkOpened(opened, stateFolder)
  const generation = Math.max(
    0,
    ...opened.flatMap(([kind, name]) => (kind === 'generation' ? [Number(name) || 0] : [])),
  )
  if (generation === 0)
    throw new ConvergeError('no-generation', `${transport.description} has no generation to go back to.`)
  const accept = options.acceptLoss === true ? 'ACCEPT_LOSS=yes; export ACCEPT_LOSS\n' : ''
  const records = await session.run(`${accept}roll_back "$S/generations/${generation}"`)
  const of = (kind: string) => records.flatMap(([found, path]) => (found === kind ? [path ?? ''] : []))
  const failed = of('undo-failed')
  const [refused = null] = of('undo-impossible')
  return {
    generation,
    restored: of('undone'),
    left: of('undo-left'),
    failed,
    reacted: [...new Set(of('undo-reacted'))],
    refused: refused === null ? null : refused.trim(),
    acceptable: records.some(([kind]) => kind === 'undo-acceptable'),
    exitCode: failed.length === 0 && refused === null ? 0 : 1,
  }
}
