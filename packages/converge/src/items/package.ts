import { command } from '../shell/quote.ts'
import { checkAttributes, checkName } from './attributes.ts'
import type { Item, Relations } from './item.ts'

export interface PackageAttributes extends Relations {
  readonly absent?: boolean
}

/**
 * A Debian package, `name` or `name:architecture`, installed on purpose (apt's manual mark). All that are missing go
 * in one transaction: the first item's step does it for the others.
 */
export function debianPackage(name: string, attributes: PackageAttributes = {}): Item {
  const id = `package:${name}`
  const relations = checkAttributes(id, attributes, ['absent'])
  checkName(id, name, /^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?$/)
  const { absent = false } = attributes
  const architecture = name.split(':')[1]
  return {
    id,
    type: 'package',
    name,
    relations,
    ties: { absent, wants: architecture === undefined ? [] : [`architecture:${architecture}`] },
    identity: { absent },
    requests: [{ kind: 'package', name }],
    expected: () => (absent ? null : { manual: true }),
    actual: facts => {
      const fact = facts.package(name)
      return fact === null ? null : { manual: fact.manual }
    },
    fix: (_keys, actual) => {
      if (absent) return `apt_get remove ${command(['--', name])}`
      if (actual !== null) return command(['apt-mark', 'manual', name])
      return `apt_install ${command([name])}`
    },
    batch: (_keys, actual) =>
      absent || actual !== null ? '' : `printf '%s\\n' ${command([name])} >>"$W/packages"`,
  }
}

export interface ArchitectureAttributes extends Relations {
  readonly absent?: boolean
}

/** A foreign architecture of dpkg's. */
export function foreignArchitecture(name: string, attributes: ArchitectureAttributes = {}): Item {
  const id = `architecture:${name}`
  const relations = checkAttributes(id, attributes, ['absent'])
  checkName(id, name, /^[a-z0-9-]+$/)
  const { absent = false } = attributes
  return {
    id,
    type: 'architecture',
    name,
    relations,
    ties: { absent },
    identity: { absent },
    requests: [{ kind: 'architectures' }],
    expected: () => (absent ? null : {}),
    actual: facts => (facts.architectures().includes(name) ? {} : null),
    fix: () => command(['dpkg', absent ? '--remove-architecture' : '--add-architecture', name]),
  }
}
