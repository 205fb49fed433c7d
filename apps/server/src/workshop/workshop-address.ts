/** Pages of one item or collection; `sharedfiles` and `workshop` show the same. */
const pages = /^\/(?:sharedfiles|workshop)\/filedetails\/?$/
const hosts = new Set(['steamcommunity.com', 'www.steamcommunity.com'])

/**
 * The id that somebody meant: digits, or the address of a Workshop page as browsers, the Steam client
 * (`steam://url/CommunityFilePage/ID`, `steam://openurl/https://…`) and chats write it. null for anything else.
 * Nothing is fetched from the address: only its id is taken.
 */
export function workshopIdOf(text: string): string | null {
  const trimmed = text.trim()
  if (isId(trimmed)) return trimmed
  const opened = /^steam:\/\/openurl(?:_external)?\/(.+)$/i.exec(trimmed)?.[1]
  if (opened !== undefined) return idOfPage(opened)
  const shown = /^steam:\/\/url\/CommunityFilePage\/(\d+)\/?$/i.exec(trimmed)?.[1]
  if (shown !== undefined) return isId(shown) ? shown : null
  return idOfPage(/^[a-z]+:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`)
}

/** Where people see an item or a collection. */
export function workshopPageOf(id: string): string {
  return `https://steamcommunity.com/sharedfiles/filedetails/?id=${id}`
}

function idOfPage(address: string): string | null {
  const url = URL.parse(address)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  if (!hosts.has(url.hostname) || !pages.test(url.pathname)) return null
  const id = url.searchParams.get('id')
  return id !== null && isId(id) ? id : null
}

/** An unsigned number of 64 bits. */
function isId(text: string): boolean {
  return /^[1-9]\d{0,19}$/.test(text) && BigInt(text) < 2n ** 64n
}
