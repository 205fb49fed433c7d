import { expect, test } from 'vitest'
import { stripLogEcho } from './log-echo.ts'

const echo = (command: string) =>
  `L 12/26/2011 - 02:20:05: rcon from "198.51.100.9:51234": command "${command}"\n`

test('removes the echo of the command from the end of an answer', () => {
  expect(stripLogEcho(`"sv_cheats" = "0"\n${echo('sv_cheats')}`, 'sv_cheats')).toBe('"sv_cheats" = "0"\n')
  expect(stripLogEcho(echo('sv_cheats'), 'sv_cheats')).toBe('')
  expect(stripLogEcho(`no line end${echo('sv_cheats')}${echo('sv_cheats')}`, 'sv_cheats')).toBe('no line end')
})

test.each([
  ['an echo of another command', `a\n${echo('users')}`],
  ['an echo before the end', `${echo('status')}a\n`],
  ['other log lines', 'L 12/26/2011 - 02:20:05: Log file closed\n'],
  ['an answer without echo', 'hostname: x\n#end\n'],
  ['nothing', ''],
])('leaves %s', (_name, answer) => {
  expect(stripLogEcho(answer, 'status')).toBe(answer)
})
