import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the files are that root trusts. */
export const files = join(import.meta.dirname, '../files')

interface Setting {
  readonly section: string
  readonly name: string
  readonly value: string
}

/** A unit as systemd puts it together: its own file, then its drop-ins. */
export interface Unit {
  readonly name: string
  readonly settings: readonly Setting[]
}

/** Reads the syntax of systemd.syntax(7), of which our files use no continued lines. Throws for what it doesn't know. */
export function parseUnit(name: string, text: string): Unit {
  const settings: Setting[] = []
  let section = ''
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const header = /^\[(\w+)\]$/.exec(line)?.[1]
    const setting = /^(\w+)=(.*[^\\]|)$/.exec(line)
    if (header !== undefined) section = header
    else if (setting?.[1] !== undefined && setting[2] !== undefined && section !== '')
      settings.push({ section, name: setting[1], value: setting[2] })
    else throw new Error(`${name}: what is this? ${line}`)
  }
  return { name, settings }
}

/** All units of `deploy/files/systemd`, with their drop-ins. */
export function readUnits(): Unit[] {
  const folder = join(files, 'systemd')
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(({ name }) => {
      const dropIns = entries.some(entry => entry.name === `${name}.d`)
        ? readdirSync(join(folder, `${name}.d`)).map(file => join(folder, `${name}.d`, file))
        : []
      const text = [join(folder, name), ...dropIns].map(path => readFileSync(path, 'utf8')).join('\n')
      return parseUnit(name, text)
    })
}

/** The values of a setting in the order of the file, lists split at blanks. */
export function words(unit: Unit, name: string): string[] {
  return unit.settings
    .filter(setting => setting.name === name)
    .flatMap(setting => setting.value.split(/\s+/))
    .filter(Boolean)
}
