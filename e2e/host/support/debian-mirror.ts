import { readdirSync, readFileSync } from 'node:fs'

/**
 * The Debian archive that this machine installs from: the address of the source that has the machine's own suite, read
 * from its apt configuration (sources.list(5)), since only that is known to be reachable from here.
 */
export function debianMirror(etc = '/etc'): string {
  const suite = /^VERSION_CODENAME="?([\w-]+)"?$/m.exec(readText(`${etc}/os-release`))?.[1]
  const names = listFolder(`${etc}/apt/sources.list.d`).sort()
  const read = (ending: string) =>
    names.filter(name => name.endsWith(ending)).map(name => readText(`${etc}/apt/sources.list.d/${name}`))
  const sources = [
    ...read('.sources').flatMap(stanzas),
    ...[readText(`${etc}/apt/sources.list`), ...read('.list')].flatMap(oneLineSources),
  ]
  const found = sources.find(source => suite !== undefined && source.suites.includes(suite))
  if (found === undefined)
    throw new Error(`apt's configuration names no archive with the suite ${suite}: is this a Debian?`)
  return found.address
}

interface Source {
  readonly address: string
  readonly suites: readonly string[]
}

/** deb822 style: stanzas of fields, one empty line between them. */
function stanzas(text: string): Source[] {
  return text
    .replaceAll(/^#.*\n/gm, '')
    .split(/\n\s*\n/)
    .flatMap(stanza => {
      const field = (name: string) =>
        new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(stanza)?.[1]?.trim().split(/\s+/) ?? []
      const [address] = field('URIs')
      const usable = field('Types').includes('deb') && !field('Enabled').includes('no')
      return address === undefined || !usable ? [] : [{ address, suites: field('Suites') }]
    })
}

/** `deb [options] ADDRESS SUITE COMPONENTS`. */
function oneLineSources(text: string): Source[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm)].map(
    ([, address = '', suite = '']) => ({ address, suites: [suite] }),
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
