/** What is unpacked or goes to a place of its own by what it is; left4me tells it by its content, this only by its name. */
const placed = /\.(vpk|zip|7z)$/i

const places: readonly (readonly [RegExp, string])[] = [
  [/\.cfg$/i, 'left4dead2/cfg/'],
  [/\.bsp$/i, 'left4dead2/maps/'],
  [/\.nut$/i, 'left4dead2/scripts/vscripts/'],
  [/\.smx$/i, 'left4dead2/addons/sourcemod/plugins/'],
  [/\.sp$/i, 'left4dead2/addons/sourcemod/scripting/'],
  [/\.phrases\.txt$/i, 'left4dead2/addons/sourcemod/translations/'],
  [/\.(so|vdf)$/i, 'left4dead2/addons/'],
]

/** Whether a file needs to be told where it goes. */
export function needsPlace(name: string): boolean {
  return !placed.test(name)
}

/** Where a single file most likely goes, below the overlay's root. */
export function suggestPlace(name: string): string {
  const [, folder = 'left4dead2/'] = places.find(([ending]) => ending.test(name)) ?? []
  return folder + name
}
