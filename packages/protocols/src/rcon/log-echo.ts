/**
 * An answer without the lines that the server's own log echo appended to it: with `sv_logecho 1` every RCON command is
 * logged to the console, and so ends up in the answer. Only lines at the end that name this very command are removed.
 */
export function stripLogEcho(answer: string, command: string): string {
  let end = answer.length
  for (;;) {
    const bodyEnd = answer[end - 1] === '\n' ? end - 1 : end
    const start = answer.lastIndexOf('\n', bodyEnd - 1) + 1
    if (start >= bodyEnd || !isEcho(answer.slice(start, bodyEnd), command)) return answer.slice(0, end)
    end = start
  }
}

function isEcho(line: string, command: string): boolean {
  const match =
    /^L \d\d\/\d\d\/\d{4} - \d\d:\d\d:\d\d: rcon from "\d{1,3}(?:\.\d{1,3}){3}:\d{1,5}": command "(.*)"\r?$/.exec(
      line,
    )
  return match?.[1] === command
}
