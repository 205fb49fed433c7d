/** A command in a line of server.cfg. */
export interface ConfigCommand {
  /** Lower case. */
  readonly name: string
  /** All that follows, without the quotes round the whole. */
  readonly value: string
  /** It went through SourceMod's `sm_cvar`, which sets cheat cvars too. */
  readonly forced: boolean
}

/** The commands in one line as the engine takes it apart: `;` and `//` count outside quotes only. Never throws. */
export function readCommands(line: string): ConfigCommand[] {
  const texts = ['']
  let quoted = false
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at)
    if (character === '"') quoted = !quoted
    if (!quoted && line.startsWith('//', at)) break
    if (!quoted && character === ';') texts.push('')
    else texts[texts.length - 1] += character
  }
  return texts.flatMap(text => readCommand(text) ?? [])
}

function readCommand(text: string): ConfigCommand | null {
  const [, quotedName, plainName, rest = ''] = /^\s*(?:"([^"]*)"?|([^\s"]+))\s*(.*)$/.exec(text) ?? []
  const name = (quotedName ?? plainName ?? '').trim().toLowerCase()
  if (name === '') return null
  const value = rest.trim()
  if (name === 'sm_cvar') {
    const inner = readCommand(value)
    return inner && { ...inner, forced: true }
  }
  return { name, value: /^"[^"]*"?$/.test(value) ? value.replaceAll('"', '') : value, forced: false }
}
