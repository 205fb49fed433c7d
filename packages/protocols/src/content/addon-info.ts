import { applyConditions } from '../keyvalues/condition.ts'
import { findText } from '../keyvalues/pair.ts'
import { parseKeyValues } from '../keyvalues/parse.ts'
import { ProtocolError } from '../protocol-error.ts'

/** What an addon says of itself in `addoninfo.txt`. Free text of strangers throughout. */
export interface AddonInfo {
  readonly title: string | null
  readonly version: string | null
  readonly author: string | null
  readonly tagline: string | null
  readonly description: string | null
  readonly url: string | null
  /** 550, or null. */
  readonly appId: number | null
  /** In lower case: `campaign`, `map`, `skin`, `script`, `survivor`, … as far as they are switched on. */
  readonly content: readonly string[]
  /** What was wrong with the file, for the person who made it. */
  readonly warnings: readonly string[]
}

/** Throws `malformed` for what can't be read at all (often the case: it is optional then, as it is for the game). */
export function parseAddonInfo(input: string | Uint8Array): AddonInfo {
  const document = parseKeyValues(input, { maxLength: 1024 * 1024, maxPairs: 10_000 })
  const pairs = applyConditions(document.pairs)
  const sections = pairs.flatMap(pair => (typeof pair.value === 'string' ? [] : [pair]))
  // The name of the root doesn't matter to the game.
  const root = (sections.find(pair => pair.key.toLowerCase() === 'addoninfo') ?? sections[0])?.value
  if (root === undefined || typeof root === 'string') {
    throw new ProtocolError('malformed', 'This is no addoninfo.txt: it has no section.')
  }
  const appId = /^\d{1,9}$/.exec(findText(root, 'addonSteamAppID') ?? '')
  return {
    title: findText(root, 'addontitle'),
    version: findText(root, 'addonversion'),
    author: findText(root, 'addonauthor'),
    tagline: findText(root, 'addontagline'),
    description: findText(root, 'addonDescription'),
    url: findText(root, 'addonURL0'),
    appId: appId === null ? null : Number(appId[0]),
    content: readContent(root),
    warnings: document.warnings.map(({ message, position }) => `${message} (line ${position.line})`),
  }
}

function readContent(root: readonly { readonly key: string; readonly value: unknown }[]): string[] {
  const content = new Set<string>()
  for (const { key, value } of root) {
    const kind = /^addoncontent_(\w{1,40})$/.exec(key.toLowerCase())?.[1]
    if (kind !== undefined && typeof value === 'string' && value !== '0' && value !== '') content.add(kind)
  }
  return [...content]
}
