/** Whether text can be a map's name: what `map` takes as one word and a file system as one file's name. */
export function isMapName(text: string): boolean {
  return /^[A-Za-z0-9_]{1,64}$/.test(text)
}
