import { type KeyValuesPair, parseKeyValues } from '@left4me/protocols'
import { parse as parseNodeSteam } from '@node-steam/vdf'
import { parse as parseVdfParser } from 'vdf-parser'
import { answerParent } from '../../processes/measured-program.ts'
import { type Round, timeRounds } from '../rounds.ts'
import { missionText } from './mission-text.ts'

export const keyValuesSubjects = ['left4me', '@node-steam/vdf', 'vdf-parser'] as const
export type KeyValuesSubject = (typeof keyValuesSubjects)[number]

export interface KeyValuesQuestion {
  readonly subject: KeyValuesSubject
  readonly chapters: number
  readonly rounds: number
}

export interface KeyValuesAnswer {
  readonly bytes: number
  /** Texts that were found, as a check that all readers read the same. */
  readonly texts: number
  readonly rounds: readonly Round[]
}

const read: Record<KeyValuesSubject, (text: string) => unknown> = {
  left4me: text => parseKeyValues(text).pairs,
  '@node-steam/vdf': parseNodeSteam,
  'vdf-parser': text => parseVdfParser(text, { types: false, arrayify: true }),
}

if (import.meta.main)
  await answerParent(async ({ subject, chapters, rounds }: KeyValuesQuestion): Promise<KeyValuesAnswer> => {
    const text = missionText(chapters)
    let document: unknown = null
    const timed = timeRounds(
      () => {
        document = read[subject](text)
      },
      { warmUps: 4, rounds },
    )
    const texts = subject === 'left4me' ? textsOfPairs(document as KeyValuesPair[]) : textsOfObject(document)
    return { bytes: Buffer.byteLength(text), texts, rounds: timed }
  })

function textsOfPairs(pairs: readonly KeyValuesPair[]): number {
  return pairs.reduce((count, { value }) => count + (typeof value === 'string' ? 1 : textsOfPairs(value)), 0)
}

function textsOfObject(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce<number>((count, each) => count + textsOfObject(each), 0)
}
