/** What ip(8) says of the default routes of IPv4 and IPv6, and of all addresses: one line of JSON each. */
export const interfaceScript = `command -v ip >/dev/null || exit 0
for question in '-4 route show default' '-6 route show default' 'address show'; do
  ip -j $question | tr -d '\\n' && echo || exit
done`

interface Route {
  readonly dev?: string
  readonly prefsrc?: string
  readonly metric?: number
}

interface Link {
  readonly ifname: string
  readonly flags?: readonly string[]
  readonly addr_info?: readonly Address[]
}

interface Address {
  readonly family?: string
  readonly local?: string
  readonly scope?: string
  readonly deprecated?: boolean
  readonly temporary?: boolean
  readonly tentative?: boolean
}

/**
 * What the host talks to the world by: the interface of its default route, IPv4's first, or else the first that is up and
 * has an address; with its global addresses, IPv4 first. Undefined when there is none, so that whoever needs it says so.
 */
export function parseInterface(
  output: string,
): { readonly name: string; readonly addresses: readonly string[] } | undefined {
  const [routes4 = [], routes6 = [], links = []] = output
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(listOf)
  const all = links.filter(isLink)
  const route = [...sorted(routes4), ...sorted(routes6)].find(
    ({ dev }) => dev !== undefined && all.some(link => link.ifname === dev && globals(link).length > 0),
  )
  const link = route
    ? all.find(({ ifname }) => ifname === route.dev)
    : all.find(each => each.flags?.includes('UP') === true && globals(each).length > 0)
  if (link === undefined) return undefined
  const preferred = route?.prefsrc
  const addresses = globals(link)
  return {
    name: link.ifname,
    addresses: preferred === undefined ? addresses : [...new Set([preferred, ...addresses])],
  }
}

function globals({ addr_info = [], flags = [] }: Link): string[] {
  if (flags.includes('LOOPBACK')) return []
  const of = (family: string) =>
    addr_info.flatMap(({ family: its, local, scope, deprecated, temporary, tentative }) =>
      its === family && scope === 'global' && local !== undefined && !deprecated && !temporary && !tentative
        ? [local]
        : [],
    )
  return [...of('inet'), ...of('inet6')]
}

function sorted(routes: readonly unknown[]): Route[] {
  return routes
    .filter((route): route is Route => typeof route === 'object' && route !== null)
    .sort((one, other) => (one.metric ?? 0) - (other.metric ?? 0))
}

function listOf(line: string): readonly unknown[] {
  const list: unknown = JSON.parse(line)
  if (!Array.isArray(list)) throw new Error(`ip answered ${line.slice(0, 100)}, which is no list.`)
  return list
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null && 'ifname' in value && typeof value.ifname === 'string'
}
