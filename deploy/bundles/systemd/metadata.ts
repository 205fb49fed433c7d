import type { UnitSections } from '@left4me/converge'
import type { SystemdMetadata } from '../../src/metadata.ts'
import { MetadataSection } from '../metadata-section.ts'

const unitName = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9:_.\\@-]{0,200}\.(service|socket|slice|timer|target|mount|path)$/,
  wanted: 'the name of a unit with its ending, such as ssh.service',
}

/** Throws a ConvergeError that names the key. */
export function parseSystemd(metadata: Readonly<Record<string, unknown>>): SystemdMetadata {
  const section = MetadataSection.of(metadata, 'systemd')
  section.refuseOthers(['drop_ins', 'running'])
  return { drop_ins: dropInsOf(section.section('drop_ins')), running: section.set('running', unitName) }
}

/** What `systemd-detect-virt --container` says; null where there is no container. */
export function parseContainer(output: string): string | null {
  const kind = output.trim()
  if (!/^[a-z0-9-]{1,50}$/.test(kind))
    throw new Error(`systemd-detect-virt answered ${JSON.stringify(kind)}, which is no kind of container.`)
  return kind === 'none' ? null : kind
}

function dropInsOf(units: MetadataSection): SystemdMetadata['drop_ins'] {
  return Object.fromEntries(
    units
      .sections(unitName)
      .map(([unit, files]) => [
        unit,
        Object.fromEntries(files.sections().map(([name, file]) => [name, unitSections(file)])),
      ]),
  )
}

/** Sorted, as metadata have no order and the file has to be the same in every run. */
function unitSections(file: MetadataSection): UnitSections {
  return Object.fromEntries(
    file
      .sections()
      .map(([name, settings]) => [
        name,
        Object.fromEntries(settings.keys.map(key => [key, unitSetting(settings, key)])),
      ]),
  )
}

function unitSetting(settings: MetadataSection, key: string): UnitSections[string][string] {
  const value = settings.value(key)
  if (isSetting(value)) return value
  throw settings.wrongValue(key, 'a text, a number, true, false or a list of texts')
}

function isSetting(value: unknown): value is UnitSections[string][string] {
  return Array.isArray(value)
    ? value.every(each => typeof each === 'string' || typeof each === 'number')
    : value === null || ['string', 'number', 'boolean'].includes(typeof value)
}
