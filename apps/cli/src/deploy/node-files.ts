import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { HostDefinition } from '@left4me/deploy'
import { closest } from '../arguments/closest.ts'
import { DefinitionError } from './definition-error.ts'
import { parseHostDefinition } from './parse-host-definition.ts'

const nodeFile = /^([A-Za-z0-9][A-Za-z0-9._-]*)\.ts$/

/** Names of all nodes in a folder, sorted. */
export async function listNodes(folder: string): Promise<string[]> {
  try {
    const found = await readdir(folder)
    return found.flatMap(name => nodeFile.exec(name)?.[1] ?? []).sort()
  } catch (error) {
    throw new DefinitionError(
      `The nodes' folder ${folder} can't be read: ${messageOf(error)}. Name another by --nodes.`,
    )
  }
}

/**
 * What FOLDER/NAME.ts says, with the facts that FOLDER/NAME.facts.json recorded when the file itself has none. It is
 * program text and is run: it is trusted as the operator's own. Throws DefinitionError.
 */
export async function readNode(folder: string, name: string): Promise<HostDefinition> {
  const known = await listNodes(folder)
  if (!known.includes(name)) throw unknownNode(folder, name, known)
  const path = join(folder, `${name}.ts`)
  const definition = parseHostDefinition(await importDefault(path), path)
  const recorded = definition.facts === undefined ? await readFacts(folder, name) : undefined
  return recorded === undefined ? definition : { ...definition, facts: recorded }
}

function unknownNode(folder: string, name: string, known: readonly string[]): DefinitionError {
  const meant = closest(name, known)
  if (meant !== null) return new DefinitionError(`There is no node ${name}. Did you mean ${meant}?`)
  return new DefinitionError(
    known.length === 0
      ? `There is no node in ${folder}. Make ${name}.ts there.`
      : `There is no node ${name}. There are ${known.join(', ')}.`,
  )
}

async function importDefault(path: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(path).href)
    if (typeof module === 'object' && module !== null && 'default' in module) return module.default
  } catch (error) {
    throw new DefinitionError(`${path} can't be read: ${messageOf(error)}. Mend it.`, { cause: error })
  }
  throw new DefinitionError(`${path} exports nothing by default. Write “export default defineHost({ … })”.`)
}

async function readFacts(
  folder: string,
  name: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const path = join(folder, `${name}.facts.json`)
  try {
    const facts: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof facts === 'object' && facts !== null && !Array.isArray(facts)) return { ...facts }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new DefinitionError(`${path} can't be read: ${messageOf(error)}. Record it again.`, {
      cause: error,
    })
  }
  throw new DefinitionError(`${path} holds no object. Record it again.`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
