import { findSection, findText } from '../keyvalues/pair.ts'
import { parseKeyValues } from '../keyvalues/parse.ts'
import { ProtocolError } from '../protocol-error.ts'

/** `steamapps/appmanifest_APPID.acf`: what steamcmd knows about an installation. */
export interface AppManifest {
  readonly appId: number
  readonly name: string | null
  /** steamcmd's own build number; null before the first download. */
  readonly buildId: string | null
  /** Bytes. */
  readonly sizeOnDisk: number | null
  /** Bits; 4 alone is a complete installation. */
  readonly stateFlags: number
  /** Complete, and nothing pending. */
  readonly complete: boolean
  /** ms since the epoch. */
  readonly lastUpdated: number | null
  readonly installDirectory: string | null
}

const fullyInstalled = 4

/** Throws `malformed` for what is no app manifest. */
export function parseAppManifest(input: string | Uint8Array): AppManifest {
  const state = findSection(
    parseKeyValues(input, { maxLength: 4 * 1024 * 1024, escapes: true }).pairs,
    'AppState',
  )
  const appId = wholeNumber(findText(state ?? [], 'appid'))
  if (state === null || appId === null)
    throw new ProtocolError('malformed', 'This is no app manifest: it names no app.')
  const stateFlags = wholeNumber(findText(state, 'StateFlags')) ?? 0
  const lastUpdated = wholeNumber(findText(state, 'LastUpdated'))
  const buildId = wholeNumber(findText(state, 'buildid'))
  return {
    appId,
    name: findText(state, 'name'),
    buildId: buildId === null || buildId === 0 ? null : String(buildId),
    sizeOnDisk: wholeNumber(findText(state, 'SizeOnDisk')),
    stateFlags,
    complete: stateFlags === fullyInstalled,
    lastUpdated: lastUpdated === null || lastUpdated === 0 ? null : lastUpdated * 1000,
    installDirectory: findText(state, 'installdir'),
  }
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
}
