import type { Group } from '@left4me/converge'
import type { Connection, HostDefinition } from '@left4me/deploy'
import { closest } from '../arguments/closest.ts'
import { DefinitionError } from './definition-error.ts'

type Fields = Readonly<Record<string, unknown>>

/** What a node file exports by default, as a HostDefinition. Throws DefinitionError: one sentence, and what to do. */
export function parseHostDefinition(value: unknown, where: string): HostDefinition {
  const fields = fieldsOf(value, where, ['metadata', 'connection', 'groups', 'facts'])
  const { groups, connection, facts } = fields
  if (groups !== undefined && !isGroups(groups))
    throw new DefinitionError(`${where}: groups is no list of groups. Make each by defineGroup.`)
  return {
    metadata: fieldsOf(fields['metadata'], `${where}: metadata`),
    ...(connection === undefined ? {} : { connection: parseConnection(connection, `${where}: connection`) }),
    ...(groups === undefined ? {} : { groups }),
    ...(facts === undefined ? {} : { facts: fieldsOf(facts, `${where}: facts`) }),
  }
}

function parseConnection(value: unknown, where: string): Connection {
  const { kind } = fieldsOf(value, where)
  if (kind === 'local') {
    fieldsOf(value, where, ['kind'])
    return { kind }
  }
  if (kind !== 'ssh')
    throw new DefinitionError(`${where}: kind is ${JSON.stringify(kind)}. Write 'local' or 'ssh'.`)
  const fields = fieldsOf(value, where, ['kind', 'host', 'user', 'port', 'configuration', 'sudo'])
  const host = textOf(fields, 'host', /^[A-Za-z0-9_][A-Za-z0-9._:%-]{0,254}$/, where)
  const user = textOf(fields, 'user', /^[A-Za-z_][A-Za-z0-9._-]{0,31}$/, where)
  const configuration = textOf(fields, 'configuration', /^[^\0]+$/, where)
  const { port, sudo } = fields
  if (
    port !== undefined &&
    !(typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536)
  )
    throw new DefinitionError(`${where}: port is ${JSON.stringify(port)}. Write a number from 1 to 65535.`)
  if (sudo !== undefined && typeof sudo !== 'boolean')
    throw new DefinitionError(`${where}: sudo is ${JSON.stringify(sudo)}. Write true or false.`)
  return {
    kind,
    ...(host === undefined ? {} : { host }),
    ...(user === undefined ? {} : { user }),
    ...(configuration === undefined ? {} : { configuration }),
    ...(port === undefined ? {} : { port }),
    ...(sudo === undefined ? {} : { sudo }),
  }
}

function fieldsOf(value: unknown, where: string, known?: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DefinitionError(`${where} is no object. Look at nodes/example.ts.`)
  const unknown = Object.keys(value).find(key => known !== undefined && !known.includes(key))
  if (known === undefined || unknown === undefined) return { ...value }
  const meant = closest(unknown, known)
  throw new DefinitionError(
    `${where} has no ${unknown}. ${meant === null ? `There are ${known.join(', ')}` : `Did you mean ${meant}?`}`,
  )
}

function textOf(fields: Fields, key: string, pattern: RegExp, where: string): string | undefined {
  const value = fields[key]
  if (value === undefined) return undefined
  if (typeof value === 'string' && pattern.test(value)) return value
  throw new DefinitionError(`${where}: ${JSON.stringify(value)} is no usable ${key}. Write another.`)
}

function isGroups(value: unknown): value is readonly Group[] {
  return (
    Array.isArray(value) &&
    value.every(each => typeof each === 'object' && each !== null && typeof each.name === 'string')
  )
}
