import { parseArgs } from 'node:util'

export interface Options<Part extends string> {
  readonly parts: readonly Part[]
  /** Prints what each guarded probe came to, with its guard and without. */
  readonly controls: boolean
  /** Only test files whose path contains one of them; none means all. */
  readonly filters: readonly string[]
}

export function usage(suite: string, parts: readonly string[]): string {
  return `npm run ${suite} [-- [--only ${parts.join('|')}]… [--controls] [FILTER]…]`
}

/** `all` is what the suite is made of, in the order in which it runs. null when the arguments make no sense. */
export function parseOptions<Part extends string>(
  all: readonly Part[],
  args: readonly string[],
): Options<Part> | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { only: { type: 'string', multiple: true }, controls: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    const { only = [...all], controls } = values
    if (!only.every(text => all.some(part => part === text))) return null
    return { parts: all.filter(part => only.includes(part)), controls, filters: positionals }
  } catch {
    return null
  }
}
