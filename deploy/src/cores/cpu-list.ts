import { DeployError } from '../deploy-error.ts'

/** Linux numbers processors below this (CONFIG_NR_CPUS of Debian's kernels). */
const processorLimit = 8192

/**
 * Reads a list as the kernel, systemd and taskset write it: `0-2,4`. Blanks may stand for commas, as in AllowedCPUs=.
 * Returns the numbers ascending, each once. Throws `DeployError` (`unreadable-facts`) for anything else, and for an empty
 * list. https://docs.kernel.org/admin-guide/kernel-parameters.html#cpu-lists
 */
export function parseCpuList(text: string): number[] {
  const numbers = new Set<number>()
  for (const part of text.trim().split(/[\s,]+/)) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part)
    const first = Number(match?.[1])
    const last = match?.[2] === undefined ? first : Number(match[2])
    if (!match || last < first || last >= processorLimit) {
      throw new DeployError('unreadable-facts', `${JSON.stringify(text.slice(0, 80))} is no list of cores.`, {
        remedy: 'Write numbers and ranges, for example 0-1,4.',
      })
    }
    for (let number = first; number <= last; number++) numbers.add(number)
  }
  return [...numbers].sort((a, b) => a - b)
}

/** The shortest list for these numbers, which may come in any order and repeat themselves. */
export function formatCpuList(numbers: readonly number[]): string {
  const ranges: { first: number; last: number }[] = []
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const range = ranges.at(-1)
    if (range && number === range.last + 1) range.last = number
    else ranges.push({ first: number, last: number })
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}
