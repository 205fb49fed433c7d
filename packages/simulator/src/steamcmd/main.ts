import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline'
import { SwitchError, takeSwitches } from '../switch-table.ts'
import { parseSteamcmdCommandLine, parseSteamcmdLine } from './command-line.ts'
import { OutputBuffer } from './output-buffer.ts'
import { SteamcmdSession } from './session.ts'
import { steamcmdSwitches } from './switches.ts'

/**
 * Runs a simulated steamcmd as this process. `environmentSwitches` are the switches that the environment brings
 * (LEFT4ME_SIMULATOR_SWITCHES), for callers that can't change the command line.
 */
export async function runSteamcmd(
  commandLine: readonly string[],
  environmentSwitches: string,
): Promise<void> {
  let taken: ReturnType<typeof takeSwitches<typeof steamcmdSwitches>>
  try {
    taken = takeSwitches(steamcmdSwitches, [...parseSteamcmdLine(environmentSwitches), ...commandLine])
  } catch (error) {
    if (!(error instanceof SwitchError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
    return
  }
  const blockBytes = taken.values['block-buffered'] && !process.stdout.isTTY ? 4096 : 0
  const output = new OutputBuffer(blockBytes, text => void process.stdout.write(text))
  const session = new SteamcmdSession({
    switches: taken.values,
    home: homedir(),
    print: text => output.print(text),
    crash: () => process.kill(process.pid, 'SIGSEGV'),
  })
  await runCommands(session, taken.remaining)
  output.flush()
  process.exitCode = session.exitCode
  // An input that stays open must not keep the process.
  process.stdin.destroy()
}

async function runCommands(session: SteamcmdSession, commandLine: readonly string[]): Promise<void> {
  if (!(await session.begin())) return
  for (const command of parseSteamcmdCommandLine(commandLine)) {
    const [name, file] = command
    const commands =
      name?.toLowerCase() === 'runscript' && file !== undefined ? scriptCommands(file) : [command]
    for (const words of commands) if (!(await session.run(words))) return
  }
  // Without `quit` it asks for more, as the real one does.
  process.stdout.write('Steam>')
  for await (const line of createInterface({ input: process.stdin })) {
    if (!(await session.run(parseSteamcmdLine(line)))) return
    process.stdout.write('Steam>')
  }
}

/** A script is a command a line; `//` starts a comment. */
function scriptCommands(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => !line.trim().startsWith('//'))
      .map(parseSteamcmdLine)
  } catch {
    process.stdout.write(`Failed to load script file '${file}'\n`)
    return []
  }
}

// No top-level await: as an executable the whole program is one CommonJS module.
if (import.meta.main) {
  void runSteamcmd(process.argv.slice(2), process.env['LEFT4ME_SIMULATOR_SWITCHES'] ?? '')
}
