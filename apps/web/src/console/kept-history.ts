import { type CommandHistory, historyOf } from './command-history.ts'

const key = (serverId: number) => `left4me.commands.${serverId}`

/** The commands that were typed in this tab. In the session's storage, because a command may hold a password. */
export function loadHistory(serverId: number): CommandHistory {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key(serverId)) ?? '[]')
    return historyOf(Array.isArray(kept) ? kept.filter(command => typeof command === 'string') : [])
  } catch {
    return historyOf([])
  }
}

export function saveHistory(serverId: number, history: CommandHistory): void {
  try {
    sessionStorage.setItem(key(serverId), JSON.stringify(history.commands))
  } catch {
    // Storage is full or forbidden: the history lasts as long as the page.
  }
}
