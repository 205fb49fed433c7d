import { describe, expect, it } from 'vitest'
import { historyOf, keptCommands, remember, step } from './command-history.ts'

describe('command history', () => {
  it('goes back through the commands and forward to what was being typed', () => {
    let history = remember(remember(historyOf([]), 'status'), 'say hi')
    const seen: string[] = []
    let text = 'sm_'
    for (const by of [-1, -1, -1, 1, 1, 1] as const) {
      const stepped = step(history, by, text)
      history = stepped.history
      text = stepped.text
      seen.push(text)
    }
    expect(seen).toEqual(['say hi', 'status', 'status', 'say hi', 'sm_', 'sm_'])
  })

  it('remembers a repeated command once', () => {
    expect(remember(remember(historyOf([]), 'status'), 'status').commands).toEqual(['status'])
    expect(remember(remember(remember(historyOf([]), 'a'), 'b'), 'a').commands).toEqual(['a', 'b', 'a'])
  })

  it('stands at the line that is being typed after a command was sent', () => {
    const history = remember(step(historyOf(['a', 'b']), -1, '').history, 'c')
    expect(step(history, -1, '').text).toBe('c')
    expect(step(history, 1, 'typed').text).toBe('typed')
  })

  it('forgets the oldest', () => {
    let history = historyOf([])
    for (let index = 0; index < keptCommands + 5; index += 1) history = remember(history, `echo ${index}`)
    expect(history.commands).toHaveLength(keptCommands)
    expect(history.commands[0]).toBe('echo 5')
  })
})
