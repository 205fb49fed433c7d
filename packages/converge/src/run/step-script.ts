import type { Item } from '../items/item.ts'
import { command, quote } from '../shell/quote.ts'
import type { Judgement } from './judge.ts'

export interface Step {
  readonly item: Item
  readonly judgement: Judgement
  /** Make it as expected; else only react. */
  readonly fixes: boolean
  readonly reacts: boolean
  /** Numbers its entries in the generation. */
  readonly index: number
}

/** One item's step: what is there is kept first. Its output and exit code come back as a `step` record. */
export function stepScript({ item, judgement, fixes, reacts, index }: Step): string {
  const lines = [
    ...(fixes ? (item.touches?.() ?? []) : []).map(
      ({ path, kind, value }, part) =>
        `keep ${command([`${String(index).padStart(5, '0')}-${part}`, path, kind, value])}`,
    ),
    ...(fixes ? [item.fix(judgement.keys, judgement.actual)] : []),
    ...(reacts && item.react !== undefined ? [...afterUndo(item), item.react()] : []),
  ]
  const proves = item.undoesRun === true
  // A lost connection must not end the shell between a step that failed and the undoing of its run.
  return `emit start ${quote(item.id)}
${proves ? 'lost=; trap lost=yes HUP INT PIPE TERM' : ''}
(
set -e
STEP=${String(index).padStart(5, '0')}
${lines.join('\n')}
) >"$W/out" 2>"$W/err" </dev/null 9>&-
${proves ? 'step_proves' : ''}
step_end ${quote(item.id)}
${proves ? `trap 'exit 71' HUP INT PIPE TERM; [ -z "$lost" ] || exit 71` : ''}`
}

/** Whatever reacts may have to do with units, which systemd then reads again; the services among it react again. */
function afterUndo({ id, reactToUndo }: Item): string[] {
  return reactToUndo === undefined
    ? [': >>"$GEN/reacted"']
    : [
        `printf '%s\\n' ${quote(id)} >>"$GEN/reacted"`,
        `printf '%s\\n' ${quote(reactToUndo)} >>"$GEN/reactions"`,
      ]
}
