/** A path of strangers for a message: without control characters, and not endless. */
export function printablePath(path: string): string {
  const shown = path.replace(/[\0-\x1f\x7f]/g, '\ufffd')
  return shown.length > 200 ? `${shown.slice(0, 199)}…` : shown
}
