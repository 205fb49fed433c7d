/** What stands before the command in `L 12/26/2011 - 02:20:05: rcon from "198.51.100.9:51234": command "status"`. */
const echoStart =
  /L \d\d\/\d\d\/\d{4} - \d\d:\d\d:\d\d: rcon from "\d{1,3}(?:\.\d{1,3}){3}:\d{1,5}": command "$/
const maxEchoStartLength = 80

/**
 * An answer without the lines that the server's own log echo appended to it: with `sv_logecho 1` every RCON command is
 * logged to the console, and so ends up in the answer, behind whatever came before. Only what stands at the end and names this very command is removed.
 */
export function stripLogEcho(answer: string, command: string): string {
  let end = answer.length
  for (;;) {
    const start = echoBefore(answer, end, command)
    if (start === null) return answer.slice(0, end)
    end = start
  }
}

/** Where the echo begins that ends at `end`; null when there is none. */
function echoBefore(answer: string, end: number, command: string): number | null {
  let closing = end
  while (closing > 0 && (answer[closing - 1] === '\n' || answer[closing - 1] === '\r')) closing -= 1
  const commandStart = closing - 1 - command.length
  if (commandStart < 0 || !answer.startsWith(`${command}"`, commandStart)) return null
  const before = answer.slice(Math.max(0, commandStart - maxEchoStartLength), commandStart)
  const match = echoStart.exec(before)
  return match === null ? null : commandStart - (before.length - match.index)
}
