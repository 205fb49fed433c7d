/**
 * Text from a server or a player, safe to show: control characters would let a player's name move the cursor or set the
 * terminal's title. Line breaks and tabs stay only where `lines` says so.
 */
export function printable(text: string, options: { lines: boolean } = { lines: false }): string {
  const kept = options.lines ? '\n\t' : ''
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, character =>
    kept.includes(character) ? character : '\u{fffd}',
  )
}
