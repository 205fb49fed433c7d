import { basename } from 'node:path'
import { runSrcds } from './srcds/main.ts'
import { srcdsSwitches } from './srcds/switches.ts'
import { runWebApi } from './steam-web-api/main.ts'
import { publishedFileIds, webApiSwitches } from './steam-web-api/switches.ts'
import { runSteamcmd } from './steamcmd/main.ts'
import { steamcmdSwitches } from './steamcmd/switches.ts'
import { describeSwitches } from './switch-table.ts'

const help = `left4me-simulator: stands in for what Valve ships. Nothing of it is real and nobody can play on it.

  left4me-simulator srcds -port N …      a dedicated server; takes srcds_run's own arguments
  left4me-simulator steamcmd +login …    takes steamcmd's own arguments
  left4me-simulator steam-web-api --port N [--host ADDRESS] [--end-with-stdin]

A simulated srcds knows commands that no real one has: crash, simulate SWITCH [VALUE] (changes a switch while it runs),
simulate_hang, simulate_join, simulate_leave, simulate_lines COUNT, simulate_reply BYTES.

Switches of srcds, anywhere on its command line:
${describeSwitches(srcdsSwitches)}

Switches of steamcmd, on its command line or in LEFT4ME_SIMULATOR_SWITCHES:
${describeSwitches(steamcmdSwitches)}

Switches of steam-web-api:
${describeSwitches(webApiSwitches)}

What the ids of published files mean to it:
${publishedFileIds}
SteamIDs that end in 9 are unknown to it, those that end in 8 have a private profile.
`

/** Runs one of the simulated programs as this process. */
async function main(commandLine: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const [program, ...rest] = commandLine
  if (program === '--help' || program === 'help' || rest.includes('--help')) {
    process.stdout.write(help)
  } else if (program === 'srcds') {
    await runSrcds(rest)
  } else if (program === 'steamcmd') {
    await runSteamcmd(rest, environment['LEFT4ME_SIMULATOR_SWITCHES'] ?? '')
  } else if (program === 'steam-web-api') {
    await runWebApi(rest)
  } else {
    process.stderr.write(
      `${program === undefined ? 'what to simulate is missing' : `“${program}” is not simulated`}; see left4me-simulator --help\n`,
    )
    process.exitCode = 2
  }
}

/** Called by the name of a simulated program, the executable is that program. */
function commandLine(): string[] {
  const name = basename(process.argv0)
  const given = process.argv.slice(2)
  return ['steamcmd', 'srcds', 'steam-web-api'].includes(name) ? [name, ...given] : given
}

// No top-level await: as an executable the whole program is one CommonJS module.
void main(commandLine(), process.env)
