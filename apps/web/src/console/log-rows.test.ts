import { describe, expect, it } from 'vitest'
import { LogBuffer } from './log-buffer.ts'
import { rowsOf } from './log-rows.ts'

const buffer = new LogBuffer()
const time = '2026-01-01T00:00:00.000Z'
buffer.add([
  { sequence: 1, time, text: 'L 01/01/2026 - 00:00:00: "A<8><STEAM_1:1:4><Survivor>" say "Hello"' },
  { sequence: 4, time, text: 'hello from the engine' },
])
buffer.note('command', 'status', new Date(time))

const texts = (filter: Parameters<typeof rowsOf>[1]) => rowsOf(buffer.entries, filter).map(row => row.text)

describe('rowsOf', () => {
  it('shows everything without a filter, gaps too, and no time twice', () => {
    expect(texts({ text: '', kind: null })).toEqual([
      '"A<8><STEAM_1:1:4><Survivor>" say "Hello"',
      '2 lines are missing here',
      'hello from the engine',
      'status',
    ])
  })

  it('filters by text regardless of case, and keeps what was typed', () => {
    expect(texts({ text: 'ENGINE', kind: null })).toEqual(['hello from the engine', 'status'])
  })

  it('filters by kind', () => {
    expect(texts({ text: '', kind: 'chat' })).toEqual(['"A<8><STEAM_1:1:4><Survivor>" say "Hello"', 'status'])
  })

  it('filters by both at once', () => {
    expect(texts({ text: 'engine', kind: 'chat' })).toEqual(['status'])
  })

  it('links to lines of the server only', () => {
    expect(rowsOf(buffer.entries, { text: '', kind: null }).map(row => row.line)).toEqual([1, null, 4, null])
  })

  it('leaves out what left4me keeps asking by itself, except among the commands', () => {
    const asked = new LogBuffer()
    asked.add([
      { sequence: 1, time, text: 'L 01/01/2026 - 00:00:00: rcon from "127.0.0.1:46394": command "status"' },
      { sequence: 2, time, text: 'rcon from "127.0.0.1:46394": command "say hi"' },
      { sequence: 3, time, text: 'rcon from "198.51.100.9:51234": command "status"' },
    ])
    const lines = (kind: 'commands' | null) => rowsOf(asked.entries, { text: '', kind }).map(row => row.line)
    expect(lines(null)).toEqual([2, 3])
    expect(lines('commands')).toEqual([1, 2, 3])
  })
})
