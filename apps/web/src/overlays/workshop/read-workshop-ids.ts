/** What was pasted, cut at blanks, commas and line ends; each once, in their order. The API says what each of them is. */
export function readPasted(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))]
}
