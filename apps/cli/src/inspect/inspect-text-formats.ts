import { type KeyValuesPair, parseKeyValues, parseMission } from '@left4me/protocols'
import { printable } from '../terminal/printable.ts'
import type { Inspection } from './inspection.ts'
import { readFileToInspect } from './read-file.ts'

export async function inspectKeyValues(path: string): Promise<Inspection> {
  const document = parseKeyValues(await readFileToInspect(path))
  return {
    json: document,
    rows: [
      ...rowsOf(document.pairs, ''),
      ...document.warnings.map(({ message, position }) => [`warning, line ${position.line}`, message]),
    ],
  }
}

/** Depth is capped by the reader. */
function rowsOf(pairs: readonly KeyValuesPair[], indent: string): string[][] {
  return pairs.flatMap(({ key, value, condition }) => {
    const name = `${indent}${printable(key)}${condition === null ? '' : ` [${printable(condition)}]`}`
    return typeof value === 'string' ? [[name, printable(value)]] : [[name], ...rowsOf(value, `${indent}  `)]
  })
}

export async function inspectMission(path: string): Promise<Inspection> {
  const mission = parseMission(await readFileToInspect(path))
  return {
    json: mission,
    rows: [
      ['name', printable(mission.name)],
      ['title', printable(mission.title ?? '')],
      ['author', printable(mission.author ?? '')],
      ...mission.modes.map(({ mode, chapters }) => [
        printable(mode),
        printable(chapters.map(({ map }) => map).join(' ')),
      ]),
      ...mission.warnings.map(warning => ['warning', printable(warning)]),
    ],
  }
}
