import type { HostStatus } from '@left4me/contract'
import { formatCores } from '../format/cores.ts'
import { messages } from '../messages/messages.ts'
import type { CoreTile } from '../ui/cores.tsx'

const text = messages.host
const parts = ['games', 'builds', 'system'] as const

type Pinning = NonNullable<HostStatus['pinning']>

/** Each core with what may run there. One that is only for games is reserved. */
export function coreTiles(cores: number, pinning: Pinning | null): CoreTile[] {
  const pinned = pinning === null ? [] : [...pinning.games, ...pinning.builds, ...pinning.system]
  // Cores that are switched off leave gaps in the numbers.
  const count = Math.max(cores, ...pinned.map(core => core + 1))
  return Array.from({ length: count }, (_, core) => {
    const mayRun = parts.filter(part => pinning === null || pinning[part].includes(core))
    return {
      core,
      name: text.core(core),
      parts: mayRun.length === 0 ? [text.nobody] : mayRun.map(part => text.parts[part]),
      reserved: mayRun.length === 1 && mayRun[0] === 'games',
    }
  })
}

/** The same in sentences. */
export function coreSentences(pinning: Pinning | null): string[] {
  if (pinning === null) return [text.notPinned]
  const { games, builds, system } = pinning
  const shared = games.some(core => builds.includes(core) || system.includes(core))
  const sentences: string[] = []
  const say = (sentence: (cores: string, n: number) => string, cores: readonly number[]) => {
    if (cores.length > 0) sentences.push(sentence(formatCores(cores), cores.length))
  }
  say(shared ? text.coresOf.gamesShared : text.coresOf.games, games)
  say(text.coresOf.builds, builds)
  say(text.coresOf.system, system)
  return sentences
}
