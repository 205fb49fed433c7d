import { readLogLine } from '@left4me/protocols'
import { answerParent } from '../../processes/measured-program.ts'
import { type Round, timeRounds } from '../rounds.ts'
import { logLines } from './log-lines.ts'

await answerParent(
  async ({
    lines,
    rounds,
  }: {
    lines: number
    rounds: number
  }): Promise<{ events: number; rounds: Round[] }> => {
    const texts = logLines(lines)
    let events = 0
    const timed = timeRounds(
      () => {
        events = 0
        for (const text of texts) events += readLogLine(text).length
      },
      { warmUps: 3, rounds },
    )
    return { events, rounds: timed }
  },
)
