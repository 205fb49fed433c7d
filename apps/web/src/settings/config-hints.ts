import type { Cvar } from '@left4me/contract'
import { messages } from '../messages/messages.ts'
import { nearestName } from './nearest-name.ts'
import { readCommands } from './read-commands.ts'

/** What is said about a line of a config. Nothing of it keeps anybody from saving. */
export interface ConfigHint {
  /** From 0. */
  readonly line: number
  readonly tone: 'neutral' | 'attention'
  readonly text: string
}

const text = messages.configHints
/** Prefixes of cvars that plugins bring, and commands that are no cvars: nothing is known of them, and nothing said. */
const foreign =
  /^(?:sm_|l4d_|l4d2_|l4d2?_|mm_|metamod|tv_|alias$|bind$|echo$|exec(?:ifexists)?$|say$|script$|writeid$|writeip$|banid$|addip$|removeid$|removeip$|heartbeat$|map$|changelevel$|sm$|meta$|plugin_load$|kick|log$)/

/** What the lines say that is probably not meant: values out of range, cvars that only cheats may set, names that look mistyped. */
export function configHints(lines: readonly string[], cvars: ReadonlyMap<string, Cvar>): ConfigHint[] {
  const cheats = lines.some(line => readCommands(line).some(isCheatsOn))
  return lines.flatMap((line, index) =>
    readCommands(line).flatMap(({ name, value, forced }): ConfigHint[] => {
      const cvar = cvars.get(name)
      const attention = (said: string): ConfigHint => ({ line: index, tone: 'attention', text: said })
      if (cvar === undefined) {
        if (foreign.test(name) || value === '') return []
        const near = nearestName(name, cvars.keys())
        if (near !== null) return [attention(text.mistyped(name, near))]
        return [{ line: index, tone: 'neutral', text: text.unknown(name) }]
      }
      const wrong = value === '' && cvar.type !== 'text' ? null : valueProblem(cvar, value)
      if (wrong !== null) return [attention(wrong)]
      if (cvar.cheat && !forced && !cheats)
        return [{ line: index, tone: 'attention', text: text.cheat(name) }]
      return []
    }),
  )
}

function isCheatsOn({ name, value }: { name: string; value: string }): boolean {
  return name === 'sv_cheats' && Number(value) !== 0
}

function valueProblem({ name, type, minimum, maximum }: Cvar, value: string): string | null {
  if (type === 'text') return null
  const number = Number(value)
  // The engine reads the digits in front, so that a word counts as 0.
  if (value.trim() === '' || Number.isNaN(number)) return text.noNumber(name, value)
  if (type === 'boolean' && number !== 0 && number !== 1) return text.noSwitch(name, value)
  if (type === 'integer' && !Number.isInteger(number)) return text.noInteger(name, value)
  if (minimum !== null && number < minimum) return text.tooLow(name, value, minimum)
  if (maximum !== null && number > maximum) return text.tooHigh(name, value, maximum)
  return null
}
