import { describe, expect, it } from 'vitest'
import { LogBuffer } from '../console/log-buffer.ts'
import { describeEvent, recentEvents } from './recent-events.ts'

describe('recentEvents', () => {
  it('tells the newest first, in words', () => {
    const buffer = new LogBuffer()
    const texts = [
      'Started map "c4m2_sugarmill_a" (CRC "1")',
      '#Console initialized.',
      '"A<8><STEAM_1:1:4><>" entered the game',
      '"A<8><STEAM_1:1:4><Survivor>" say "hi"',
      '"A<8><STEAM_1:1:4><Survivor>" disconnected (reason "bye")',
    ]
    buffer.add(texts.map((text, index) => ({ sequence: index + 1, time: '2026-01-01T00:00:00Z', text })))
    const told = (count: number) =>
      recentEvents(buffer.entries, count).map(({ event }) => describeEvent(event))
    expect(told(10)).toEqual(['A left: bye', 'A: hi', 'A joined', 'The map is now Hard Rain 2/5'])
    expect(told(1)).toEqual(['A left: bye'])
  })
})
