import type { Cvar, LaunchArgument } from '@left4me/contract'
import { messages } from '../messages/messages.ts'
import { nearestName } from './nearest-name.ts'

/** An argument with its values, as it was typed, and what is known of it. */
export interface ArgumentHint {
  readonly words: readonly string[]
  readonly tone: 'neutral' | 'attention' | 'broken'
  readonly text: string
}

const text = messages.argumentHints

/** What each argument means, or why it will be refused or is probably mistyped. */
export function argumentHints(
  words: readonly string[],
  known: readonly LaunchArgument[],
  cvars: ReadonlyMap<string, Cvar>,
): ArgumentHint[] {
  const byName = new Map(known.map(argument => [argument.name, argument]))
  return groupsOf(words).map(group => {
    const name = group[0]?.toLowerCase() ?? ''
    const argument = byName.get(name)
    if (argument?.reserved) return { words: group, tone: 'broken', text: text.reserved(argument.description) }
    if (argument) {
      const lacks = argument.value !== null && group.length === 1
      return lacks
        ? { words: group, tone: 'attention', text: text.lacksValue(argument.value ?? '') }
        : { words: group, tone: 'neutral', text: argument.description }
    }
    const cvar = name.startsWith('+') ? cvars.get(name.slice(1)) : undefined
    if (cvar) return { words: group, tone: 'neutral', text: cvar.description }
    // The simulator's own, which the game ignores.
    if (name.startsWith('-simulate-')) return { words: group, tone: 'neutral', text: text.simulator }
    const near = nearestName(name, [...byName.keys(), ...[...cvars.keys()].map(cvarName => `+${cvarName}`)])
    return { words: group, tone: 'attention', text: near ? text.mistyped(near) : text.unknown }
  })
}

/** `-1` is a value. */
function groupsOf(words: readonly string[]): string[][] {
  const groups: string[][] = []
  for (const word of words) {
    const last = groups.at(-1)
    if (last === undefined || /^(?:\+.|-\D)/.test(word)) groups.push([word])
    else last.push(word)
  }
  return groups
}
