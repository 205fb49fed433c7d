/** `+command value value`: each `+` starts a command, what follows are its values. */
export function parseSteamcmdCommandLine(commandLine: readonly string[]): string[][] {
  const commands: string[][] = []
  for (const argument of commandLine) {
    if (argument.startsWith('+')) commands.push([argument.slice(1)])
    else commands.at(-1)?.push(argument)
  }
  return commands
}

/** A line of steamcmd's prompt or of a script: words, or text in double quotes. */
export function parseSteamcmdLine(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(match => match[1] ?? match[2] ?? '')
}
