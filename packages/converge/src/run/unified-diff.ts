/** Lines of context around a change. */
const context = 3
/** Beyond so many lines a diff is only told, not made: its table would grow with the square. */
const longest = 2000

/** The difference of two texts as `diff -u` prints it, without file names. Control characters are shown as `?`. */
export function unifiedDiff(before: string, after: string): string {
  const [one, other] = [linesOf(before), linesOf(after)]
  if (one.length > longest || other.length > longest)
    return `(${one.length} lines become ${other.length}: too long to be shown)`
  const edits = editsOf(one, other)
  const shown = new Set(
    edits.flatMap(({ sign }, at) =>
      sign === ' ' ? [] : Array.from({ length: 2 * context + 1 }, (_, offset) => at + offset - context),
    ),
  )
  const result: string[] = []
  let [oldLine, newLine] = [1, 1]
  for (const [at, { sign, line }] of edits.entries()) {
    if (shown.has(at)) {
      if (!shown.has(at - 1) || at === 0) result.push(`@@ -${oldLine} +${newLine} @@`)
      result.push(`${sign}${line.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '?')}`)
    }
    if (sign !== '+') oldLine++
    if (sign !== '-') newLine++
  }
  return result.join('\n')
}

function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  else lines.push('\\ no newline at the end')
  return lines
}

/** By the longest common subsequence. */
function editsOf(
  one: readonly string[],
  other: readonly string[],
): { sign: ' ' | '-' | '+'; line: string }[] {
  const width = other.length + 1
  const common = new Uint16Array((one.length + 1) * width)
  for (let i = one.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--)
      common[i * width + j] =
        one[i] === other[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0)
  const edits: { sign: ' ' | '-' | '+'; line: string }[] = []
  let [i, j] = [0, 0]
  while (i < one.length || j < other.length) {
    const [left, right] = [one[i], other[j]]
    if (left !== undefined && left === right) {
      edits.push({ sign: ' ', line: left })
      i++
      j++
    } else if (
      left !== undefined &&
      (right === undefined || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      edits.push({ sign: '-', line: left })
      i++
    } else {
      edits.push({ sign: '+', line: right ?? '' })
      j++
    }
  }
  return edits
}
