/** `steam.inf` of a game folder: lines of `KEY=VALUE`. */
export interface SteamInf {
  /** `2.2.4.3`: what `status` and A2S print as the version. */
  readonly patchVersion: string | null
  /** The same without dots, as Steam's UpToDateCheck takes it. */
  readonly versionNumber: string | null
  readonly appId: number | null
  /** Every line, keys in lower case; the first of a repeated key counts. */
  readonly values: ReadonlyMap<string, string>
}

/** Never throws: what is no `KEY=VALUE` is left out. */
export function parseSteamInf(text: string): SteamInf {
  const values = new Map<string, string>()
  for (const line of text.replace(/^\ufeff/, '').split(/[\r\n]+/)) {
    const equals = line.indexOf('=')
    if (equals <= 0) continue
    const key = line.slice(0, equals).trim().toLowerCase()
    if (!values.has(key)) values.set(key, line.slice(equals + 1).trim())
  }
  const patchVersion = values.get('patchversion') ?? null
  const appId = /^\d{1,10}$/.exec(values.get('appid') ?? '')
  return {
    patchVersion,
    versionNumber:
      patchVersion !== null && /^[\d.]{1,40}$/.test(patchVersion) ? patchVersion.replaceAll('.', '') : null,
    appId: appId === null ? null : Number(appId[0]),
    values,
  }
}
