/** One console command: its tokens, and everything after the first one as it was written. */
export interface TokenisedCommand {
  readonly name: string
  readonly arguments: readonly string[]
  /** The text after the name, trimmed, quotes kept. */
  readonly rest: string
}

/** The engine's command buffer (COMMAND_MAX_LENGTH is 512 with its terminator). Bytes. */
export const longestCommand = 510

/** Splits console text at line ends and at `;` outside quotes. Comments go away with their line. */
export function splitCommands(text: string): string[] {
  const commands: string[] = []
  let start = 0
  let quoted = false
  let comment = false
  let end = -1
  const finish = (at: number): void => {
    const command = text.slice(start, end === -1 ? at : end).trim()
    if (command !== '') commands.push(command)
    start = at + 1
    end = -1
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '\n' || character === '\r') {
      finish(at)
      quoted = false
      comment = false
    } else if (comment) {
    } else if (character === '"') {
      quoted = !quoted
    } else if (!quoted && character === ';') {
      finish(at)
    } else if (!quoted && character === '/' && text[at + 1] === '/') {
      comment = true
      end = at
    }
  }
  finish(text.length)
  return commands
}

/** Outside quotes each of these is a token of its own: an unquoted STEAM_1:0:1 becomes five. */
const breakingCharacters = new Set("{}()':")

/** There is no escape: a quote ends the token, always. */
export function tokenise(command: string): TokenisedCommand {
  const tokens: string[] = []
  let restStart = command.length
  let at = 0
  while (at < command.length) {
    const character = command[at] ?? ''
    if (character <= ' ') {
      at += 1
      continue
    }
    let token: string
    if (character === '"') {
      const close = command.indexOf('"', at + 1)
      const end = close === -1 ? command.length : close
      token = command.slice(at + 1, end)
      at = end + 1
    } else if (breakingCharacters.has(character)) {
      token = character
      at += 1
    } else {
      let end = at
      while (end < command.length && !endsBareToken(command[end] ?? '')) end += 1
      token = command.slice(at, end)
      at = end
    }
    tokens.push(token)
    if (tokens.length === 1) restStart = at
  }
  return { name: tokens[0] ?? '', arguments: tokens.slice(1), rest: command.slice(restStart).trim() }
}

function endsBareToken(character: string): boolean {
  return character <= ' ' || character === '"' || breakingCharacters.has(character)
}

/** A cvar takes the whole rest of the line, without the quotes around it. */
export function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
}
