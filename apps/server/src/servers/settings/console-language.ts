/** One command as the engine's console sees it. */
export interface ConsoleCommandText {
  /** Lower case: the console doesn't care. */
  readonly name: string
  readonly words: readonly string[]
  /** Everything after the name as it was written, quotes kept. */
  readonly rest: string
}

/**
 * The commands in one line, as the engine's command buffer takes it apart: `;` ends a command outside quotes, `//`
 * outside quotes begins a comment that runs to the end of the line, and there is no escape.
 * Authority: `CCommandBuffer::GetNextCommandLength` and `CCommand::Tokenize` of the Source SDK.
 *
 * Builds differ on a `;` within quotes, so that a line is read both ways: a setting is found when either build would
 * find it.
 */
export function readCommands(line: string): ConsoleCommandText[] {
  const strict = splitCommands(line, { splitsQuoted: false })
  const loose = splitCommands(line, { splitsQuoted: true })
  const texts = strict.length === loose.length ? strict : [...strict, ...loose]
  return texts.flatMap(text => tokenize(text) ?? [])
}

/** The commands in one line as current builds of the game read it: a `;` within quotes is text. */
export function commandsOf(line: string): ConsoleCommandText[] {
  return splitCommands(line, { splitsQuoted: false }).flatMap(text => tokenize(text) ?? [])
}

function splitCommands(line: string, { splitsQuoted }: { splitsQuoted: boolean }): string[] {
  const commands: string[] = []
  let command = ''
  let quoted = false
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at)
    if (character === '\n' || character === '\r') {
      commands.push(command)
      command = ''
      quoted = false
      continue
    }
    if (!quoted && character === '/' && line[at + 1] === '/') {
      const end = line.slice(at).search(/[\n\r]/)
      if (end === -1) break
      at += end - 1
      continue
    }
    if (character === '"') quoted = !quoted
    if (character === ';' && (splitsQuoted || !quoted)) {
      commands.push(command)
      command = ''
      continue
    }
    command += character
  }
  return [...commands, command]
}

/** Outside quotes each of these is a word of its own, and ends the word before it. */
const breaking = new Set("{}()':")

function tokenize(text: string): ConsoleCommandText | null {
  const words: string[] = []
  let nameEnd = text.length
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (character <= ' ') {
      at += 1
      continue
    }
    let word: string
    if (character === '"') {
      const close = text.indexOf('"', at + 1)
      const end = close === -1 ? text.length : close
      word = text.slice(at + 1, end)
      at = end + 1
    } else if (breaking.has(character)) {
      word = character
      at += 1
    } else {
      let end = at
      while (end < text.length && !endsWord(text.charAt(end))) end += 1
      word = text.slice(at, end)
      at = end
    }
    words.push(word)
    if (words.length === 1) nameEnd = at
  }
  const [name, ...rest] = words
  if (name === undefined) return null
  return { name: name.trim().toLowerCase(), words: rest, rest: text.slice(nameEnd).trim() }
}

function endsWord(character: string): boolean {
  return character <= ' ' || character === '"' || breaking.has(character)
}
