import { homedir } from 'node:os'
import { createInterface } from 'node:readline'
import { SwitchError, takeSwitches } from '../switch-table.ts'
import { parseSteamcmdCommandLine, parseSteamcmdLine } from './command-line.ts'
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
  const session = new SteamcmdSession({
    switches: taken.values,
    home: homedir(),
    print: text => void process.stdout.write(text),
  })
  session.greet()
  for (const command of parseSteamcmdCommandLine(taken.remaining)) {
    if (await session.run(command)) continue
    process.exitCode = session.exitCode
    return
  }
  // Without `quit` it asks for more, as the real one does.
  process.stdout.write('Steam>')
  for await (const line of createInterface({ input: process.stdin })) {
    if (!(await session.run(parseSteamcmdLine(line)))) break
    process.stdout.write('Steam>')
  }
  process.exitCode = session.exitCode
}

if (import.meta.main) {
  await runSteamcmd(process.argv.slice(2), process.env['LEFT4ME_SIMULATOR_SWITCHES'] ?? '')
}
