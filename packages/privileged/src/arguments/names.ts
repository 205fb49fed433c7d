declare const checked: unique symbol

/** A name that `parseInstanceName` let through: safe in a path, a unit's name and an option of mount(8). */
export type InstanceName = string & { readonly [checked]: 'instance' }
/** Decimal digits without leading zeros, at most 15, so that it is also a safe integer. */
export type OverlayId = string & { readonly [checked]: 'overlay' }
/** A file's name in `tmp/scripts`. */
export type ScriptName = string & { readonly [checked]: 'script' }

const name = /^[a-z0-9][a-z0-9_-]{0,63}$/
const id = /^[1-9][0-9]{0,14}$/

/** null unless it is `[a-z0-9][a-z0-9_-]{0,63}`. */
export function parseInstanceName(text: string): InstanceName | null {
  return name.test(text) ? (text as InstanceName) : null
}

/** null unless it is an id: digits, not 0, without leading zeros. */
export function parseOverlayId(text: string): OverlayId | null {
  return id.test(text) ? (text as OverlayId) : null
}

/** null unless it is `[a-z0-9][a-z0-9_-]{0,63}`: no dot, so neither `..` nor a suffix. */
export function parseScriptName(text: string): ScriptName | null {
  return name.test(text) ? (text as ScriptName) : null
}
