/** The line of a failed program's standard error that says why, where it is told by execFileSync. */
export function whatItSaid(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
  const lines = text.split('\n').filter(line => line.trim() !== '')
  return lines.find(line => /^(fatal|error|npm error)\b/i.test(line)) ?? lines.at(-1) ?? 'it said nothing'
}
