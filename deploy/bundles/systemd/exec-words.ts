/**
 * Words as `ExecStart=` takes them, each in double quotes: spaces, quotes, `;`, `%` and `$` stand for themselves.
 * systemd.service(5), “COMMAND LINES”; systemd.syntax(7), “QUOTING”.
 */
export function execWords(words: readonly string[]): string {
  return words.map(word => quoted(word.replaceAll('$', '$$$$'))).join(' ')
}

/** A variable as `Environment=` takes it. There a `$` is nothing special: systemd.exec(5). */
export function environmentWord(name: string, value: string): string {
  return quoted(`${name}=${value}`)
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`
}
