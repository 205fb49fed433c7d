/**
 * Makes visible what would turn round the text that follows it: line separators and the characters that set the direction
 * of writing (https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters). For attributes, and for whole lines.
 */
export function harmless(text: string): string {
  return text.replace(/[\u2028-\u202e\u2066-\u2069]/g, '\u{fffd}')
}

/** What somebody else wrote, such as a player's name: its direction of writing is its own. */
export function ForeignText({ children }: { children: string }) {
  return <bdi>{harmless(children)}</bdi>
}
