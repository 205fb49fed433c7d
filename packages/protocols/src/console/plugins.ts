/** One plugin of SourceMod. */
export interface SourceModPlugin {
  /** What `sm plugins info|reload|unload` take. */
  readonly number: number
  /** Its title; the file's name when it has none or could not be loaded. */
  readonly name: string
  readonly version: string | null
  readonly author: string | null
  /** `Failed`, `Error`, `Paused`, … in SourceMod's own words; null while it runs. */
  readonly status: string | null
  /** Switched off by itself. */
  readonly disabled: boolean
}

export interface SourceModPluginList {
  readonly plugins: readonly SourceModPlugin[]
  /** Why those that don't run don't. */
  readonly errors: readonly { readonly file: string; readonly message: string }[]
  /** As many rows as the heading says. */
  readonly complete: boolean
}

/** SourceMod's own buffer has 256 bytes; an error message is somewhat longer. */
const maxLineLength = 1000

/**
 * Reads the answer to `sm plugins list`. null when SourceMod didn't answer, which is what a server without it does
 * (`Unknown command "sm"`). Rows are cut at 255 bytes by SourceMod itself.
 *
 *     [SM] Listing 2 plugins:
 *       1 "Admin Menu" (1.11.0.6905) by AlliedModders LLC
 *       2 <Failed> broken.smx
 *     Errors:
 *     broken.smx: Required extension "x" file("x.ext") not running
 */
export function parseSourceModPlugins(text: string): SourceModPluginList | null {
  const lines = text.split('\n').map(line => line.trimEnd())
  const headingAt = lines.findIndex(line =>
    /^\[SM\] (?:Listing \d{1,6} plugins?:|No plugins loaded)$/.test(line),
  )
  const heading = lines[headingAt]
  if (heading === undefined) return null
  const declared = Number(/\d+/.exec(heading)?.[0] ?? 0)
  const plugins: SourceModPlugin[] = []
  const errors: { file: string; message: string }[] = []
  let inErrors = false
  for (const line of lines.slice(headingAt + 1)) {
    if (line === 'Errors:') inErrors = true
    else if (line.length > maxLineLength) continue
    else if (inErrors) {
      const error = readError(line)
      if (error !== null) errors.push(error)
    } else {
      const plugin = readRow(line)
      if (plugin !== null) plugins.push(plugin)
    }
  }
  return { plugins, errors, complete: plugins.length === declared }
}

function readRow(line: string): SourceModPlugin | null {
  const head = /^\s{1,4}(\d{1,6}) (?:<([^<>]{1,40})> ?)?(Disabled: ?)?(.*)$/.exec(line)
  const rest = head?.[4]
  if (head === null || rest === undefined) return null
  const common = { number: Number(head[1]), status: head[2] ?? null, disabled: head[3] !== undefined }
  if (!rest.startsWith('"'))
    return rest === '' ? null : { ...common, name: rest, version: null, author: null }
  // The title is printed as it is, quotes included: it ends where the rest can follow.
  const end = /"(?= \(| by |$)/g
  end.lastIndex = 1
  const nameEnd = end.exec(rest)?.index ?? rest.length
  const after = rest.slice(nameEnd + 1)
  const version = /^ \((.*?)\)(?= by |$)/.exec(after)
  const author = / by (.*)$/.exec(version === null ? after : after.slice(version[0].length))
  return {
    ...common,
    name: rest.slice(1, nameEnd),
    version: version?.[1] ?? null,
    author: author?.[1] ?? null,
  }
}

function readError(line: string): { file: string; message: string } | null {
  const separator = line.indexOf(': ')
  if (separator <= 0) return null
  const file = /^(.*?\.smx)(?: \(.*\))?$/.exec(line.slice(0, separator))?.[1]
  return { file: file ?? line.slice(0, separator), message: line.slice(separator + 2) }
}
