/** Commands typed so far, oldest first, and where the arrow keys are in them. */
export interface CommandHistory {
  readonly commands: readonly string[]
  /** Index into `commands`; their number means the line that is being typed. */
  readonly at: number
  /** What was being typed before the first arrow key. */
  readonly draft: string
}

export const keptCommands = 100

export function historyOf(commands: readonly string[]): CommandHistory {
  return { commands: commands.slice(-keptCommands), at: Math.min(commands.length, keptCommands), draft: '' }
}

/** Remembers a command; the same one twice in a row counts once. */
export function remember(history: CommandHistory, command: string): CommandHistory {
  const { commands } = history
  return historyOf(commands.at(-1) === command ? commands : [...commands, command])
}

/** One step back (-1) or forward (1), and the text that then stands in the line. */
export function step(
  history: CommandHistory,
  by: -1 | 1,
  typed: string,
): { history: CommandHistory; text: string } {
  const { commands, at } = history
  const next = Math.min(commands.length, Math.max(0, at + by))
  if (next === at) return { history, text: typed }
  const draft = at === commands.length ? typed : history.draft
  return { history: { commands, at: next, draft }, text: commands[next] ?? draft }
}
