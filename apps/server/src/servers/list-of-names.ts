const shown = 5

/** For a sentence: `the server “A”`, `the servers “A” and “B”`, with many `the servers “A”, …, “E” and 3 more`. */
export function listOfNames(noun: string, names: readonly string[]): string {
  const quoted = names.slice(0, shown).map(name => `“${name}”`)
  const rest = names.length - quoted.length
  const last = rest > 0 ? `${rest} more` : quoted.pop()
  const list = quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`
  return `the ${noun}${names.length === 1 ? '' : 's'} ${list}`
}
