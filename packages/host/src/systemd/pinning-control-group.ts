/** A slice lies below those whose names its own begins with: systemd.slice(5). For example `/l4d2.slice/l4d2-game.slice`. */
export function controlGroupOfSlice(slice: string): string {
  const parts = slice.replace(/\.slice$/, '').split('-')
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('-')}.slice`).join('')
}
