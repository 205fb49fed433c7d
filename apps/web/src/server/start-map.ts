/** The map that launch arguments begin with; empty when they name none. */
export function startMapOf(launchArguments: readonly string[]): string {
  const at = launchArguments.findIndex(argument => argument.toLowerCase() === '+map')
  return at === -1 ? '' : (launchArguments[at + 1] ?? '')
}

/** The same arguments with another map to begin with; an empty one takes it out. */
export function withStartMap(launchArguments: readonly string[], map: string): string[] {
  const at = launchArguments.findIndex(argument => argument.toLowerCase() === '+map')
  const rest = at === -1 ? [...launchArguments] : launchArguments.toSpliced(at, 2)
  return map === '' ? rest : [...rest, '+map', map]
}
