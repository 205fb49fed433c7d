import {
  decodeLayerIndex,
  encodeLayerIndex,
  findConflicts,
  type LayerIndex,
  MergedTree,
  readServerContent,
} from '@left4me/protocols'
import { answerParent } from '../../processes/measured-program.ts'
import { stackedLayers, workshopLayers } from './made-layers.ts'

export type ContentQuestion =
  | { readonly task: 'conflicts'; readonly vpks: number; readonly entries: number }
  | { readonly task: 'provenance'; readonly files: number; readonly layers: number }

export interface ContentAnswer {
  /** Milliseconds, the first run of a process that has done nothing before. */
  readonly decode: number
  readonly work: number
  /** Of `work` and `decode`. */
  readonly cpu: number
  /** Characters of all indexes as they are kept. */
  readonly characters: number
  /** Conflicts, or files that are seen: a check that the work was done. */
  readonly found: number
}

/** What is made up for the measurement is made, written and forgotten before the clock starts. */
await answerParent(async (question: ContentQuestion): Promise<ContentAnswer> => {
  const texts = made(question).map(encodeLayerIndex)
  const cpuBefore = process.cpuUsage()
  const begin = performance.now()
  const indexes = texts.map(decodeLayerIndex)
  const decoded = performance.now()
  const found = question.task === 'conflicts' ? conflictsOf(indexes) : treeOf(indexes)
  const end = performance.now()
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    decode: decoded - begin,
    work: end - decoded,
    cpu: (user + system) / 1000,
    characters: texts.reduce((sum, { length }) => sum + length, 0),
    found,
  }
})

function made(question: ContentQuestion): LayerIndex[] {
  return question.task === 'conflicts'
    ? workshopLayers(question.vpks, question.entries)
    : stackedLayers(question.files, question.layers)
}

function conflictsOf(indexes: readonly LayerIndex[]): number {
  const layers = indexes.map((index, number) => ({ name: `Layer ${number}`, index }))
  return findConflicts(layers, { content: readServerContent(layers) }).conflicts.length
}

/** The tree, and its first pages as a browser asks for them. */
function treeOf(indexes: readonly LayerIndex[]): number {
  const tree = MergedTree.of(indexes)
  for (const folder of ['', 'left4dead2', 'left4dead2/game/content', 'left4dead2/game/content/0'])
    if (tree.list(folder, { limit: 200 }) === null) throw new Error(`“${folder}” isn't there`)
  return tree.files
}
