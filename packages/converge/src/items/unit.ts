import { posix } from 'node:path'
import { badDefinition } from '../converge-error.ts'
import { checkAttributes, checkName, checkPath } from './attributes.ts'
import { fileItem } from './file.ts'
import type { Item, Relations } from './item.ts'
import { dropInCheck, unitCheck } from './unit-check.ts'

/** Keys of a section in their order. A list repeats the key, an empty text resets it, null leaves it out. */
export type UnitSection = Readonly<
  Record<string, string | number | boolean | null | readonly (string | number)[]>
>
export type UnitSections = Readonly<Record<string, UnitSection>>

export interface UnitAttributes extends Relations {
  /** What the file is made of, or the whole text of one that was written by hand. */
  readonly sections: UnitSections | string
  /** Where the file goes; `/usr/local/lib/systemd/system` when left out. */
  readonly folder?: string
  /** `false` for a unit that names programs which aren't there yet. */
  readonly verify?: boolean
  /** A folder of units that this one refers to, for its check: where those that are to come with it already are. */
  readonly beside?: string
}

const unitName = /^[A-Za-z0-9][A-Za-z0-9:_.\\@-]*\.(service|socket|slice|timer|target|mount|path)$/
const defaultFolder = '/usr/local/lib/systemd/system'

/** A unit file of root's, judged by `systemd-analyze verify` before it is live; systemd is told once after the last. */
export function unit(name: string, attributes: UnitAttributes): Item {
  const id = `unit:${name}`
  checkName(id, name, unitName)
  const { sections, folder = defaultFolder, verify = true, beside, ...relations } = attributes
  checkAttributes(id, relations, [])
  const text = typeof sections === 'string' ? sections : unitText(id, sections)
  const item = fileItem({
    type: 'unit',
    name,
    path: `${checkPath(`${id}: folder`, folder)}/${name}`,
    attributes: { ...relations, content: text, mode: '0644', owner: 'root', group: 'root' },
    ...(verify
      ? { validateScript: unitCheck(beside === undefined ? '' : checkPath(`${id}: beside`, beside)) }
      : {}),
  })
  const environment = [...text.matchAll(/^EnvironmentFile=-?(\/[^%\n]*)$/gm)].map(([, path = '']) => path)
  return {
    ...item,
    ties: { ...item.ties, unit: name, wantsPaths: environment, folders: [posix.dirname(folder), folder] },
  }
}

export interface DropInAttributes extends Relations {
  readonly sections: UnitSections | string
  readonly folder?: string
  /** `false` for one that systemd can only judge together with its unit. */
  readonly verify?: boolean
}

/** Settings on top of a unit: `dropIn('system.slice/99-left4me')` is `system.slice.d/99-left4me.conf`. Judged like a unit. */
export function dropIn(name: string, attributes: DropInAttributes): Item {
  const id = `drop-in:${name}`
  const [of = '', file = '', more] = name.split('/')
  checkName(id, of, unitName)
  checkName(id, file, /^[A-Za-z0-9_][A-Za-z0-9_-]*$/)
  if (more !== undefined) throw badDefinition(`${id}: write unit/name, such as system.slice/99-cores.`)
  const { sections, folder = defaultFolder, verify = true, ...relations } = attributes
  checkAttributes(id, relations, [])
  const content = typeof sections === 'string' ? sections : unitText(id, sections)
  const type = of.slice(of.lastIndexOf('.') + 1)
  const item = fileItem({
    type: 'drop-in',
    name,
    path: `${checkPath(`${id}: folder`, folder)}/${of}.d/${file}.conf`,
    attributes: { ...relations, content, mode: '0644', owner: 'root', group: 'root' },
    // A mount's name says where it is: there is none to try it on.
    ...(verify && type !== 'mount' ? { validateScript: dropInCheck(type) } : {}),
  })
  return {
    ...item,
    ties: { ...item.ties, unit: of, folders: [posix.dirname(folder), folder, `${folder}/${of}.d`] },
  }
}

/** The text of a unit file. A value that would begin another line is refused. */
export function unitText(id: string, sections: UnitSections): string {
  const line = (key: string, value: string | number | boolean) => {
    const text = value === true ? 'yes' : value === false ? 'no' : String(value)
    if (/[\u0000-\u001f\u007f]/.test(text) || text.endsWith('\\') || !/^[A-Za-z][A-Za-z0-9-]*$/.test(key))
      throw badDefinition(
        `${id}: ${key}=${JSON.stringify(text)} can't stand in a unit file. Write it as one plain line.`,
      )
    return `${key}=${text}\n`
  }
  return Object.entries(sections)
    .map(([section, keys]) => {
      checkName(`${id}: section`, section, /^[A-Z][A-Za-z0-9-]*$/)
      const lines = Object.entries(keys).flatMap(([key, value]) =>
        value === null
          ? []
          : Array.isArray(value)
            ? value.map(each => line(key, each))
            : [line(key, value as string)],
      )
      return `[${section}]\n${lines.join('')}`
    })
    .join('\n')
}
